using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Web;

/// <summary>
/// Who may use the API over TCP: programs by the token, which only this user can read; browsers by a session, which begins with a code
/// that is good once and soon, with the token, or with the password. A session is signed, not stored, so it outlives a restart. Thread-safe.
/// </summary>
internal sealed class WebLogins : IDisposable
{
    /// <summary>Failed attempts that are answered in each <see cref="AttemptSpan"/>, of all who try together.</summary>
    public const int MaxAttempts = 10;

    private const int SecretBytes = 32, NonceBytes = 16, MaxCodes = 16, MaxEnded = 1_000, MaxTextLength = 256;

    public static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(2), SessionLife = TimeSpan.FromDays(30), AttemptSpan = TimeSpan.FromMinutes(1);

    private readonly string token;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly List<(byte[] Hash, DateTimeOffset Until)> codes = [];
    private readonly Dictionary<string, DateTimeOffset> ended = new(StringComparer.Ordinal);
    private DateTimeOffset attemptsSince;
    private int attempts;
    private WebPassword? password;
    private byte[] key;
    private CancellationTokenSource sessions = new();

    /// <param name="password">Null: none was set.</param>
    public WebLogins(string token, WebPassword? password, TimeProvider time)
    {
        this.token = token;
        this.time = time;
        this.password = password;
        key = KeyOf(token, password);
    }

    /// <summary>Null: none was set.</summary>
    public WebPassword? Password
    {
        get
        {
            lock (gate) return password;
        }
    }

    /// <summary>Cancelled when all sessions end.</summary>
    public CancellationToken SessionsEnd
    {
        get
        {
            lock (gate) return sessions.Token;
        }
    }

    /// <summary>Changes the password, which ends all sessions and codes.</summary>
    /// <param name="change">Writes it, and returns it; null: there is none from now on.</param>
    public void ChangePassword(Func<WebPassword?> change)
    {
        CancellationTokenSource ending;
        lock (gate)
        {
            password = change();
            key = KeyOf(token, password);
            codes.Clear();
            (ending, sessions) = (sessions, new CancellationTokenSource());
        }
        ending.Cancel();
        ending.Dispose();
    }

    /// <summary>A text with as much chance in it as a key.</summary>
    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>A code that begins one session within <see cref="CodeLife"/>.</summary>
    public string NewCode()
    {
        var code = NewSecret();
        var now = time.GetUtcNow();
        lock (gate)
        {
            codes.RemoveAll(known => known.Until <= now);
            if (codes.Count == MaxCodes) codes.RemoveAt(0);
            codes.Add((Hash(code), now + CodeLife));
        }
        return code;
    }

    /// <exception cref="PeerDriveException">Forbidden: it is none, was used, or is too old. Busy: too many attempts.</exception>
    public WebSession LogIn(string secret)
    {
        // A password that is changed meanwhile ends this session too.
        var (known, signing) = Current();
        // Nobody guesses a token or a code, so who has one is not held up by those who guess.
        if (!IsToken(secret.Trim()) && !TakeCode(secret.Trim()))
        {
            BeginAttempt();
            if (known?.IsSame(secret) != true)
            {
                throw new PeerDriveException(ErrorKind.Forbidden, known is null
                    ? "This is not the token of this node, and no code that is still good. Get a new one with: peerdrive open"
                    : "This is neither the password nor the token of this node, and no code that is still good.");
            }
            EndAttempt();
        }
        var until = time.GetUtcNow() + SessionLife;
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes));
        var body = string.Create(CultureInfo.InvariantCulture, $"{until.ToUnixTimeSeconds()}.{nonce}");
        return new WebSession($"{body}.{Sign(signing, "session", body)}", Sign(signing, "request", body), until);
    }

    /// <summary>The session that a cookie stands for; null: none that is good.</summary>
    public WebSession? Find(string cookie)
    {
        if (cookie.Length > MaxTextLength || cookie.LastIndexOf('.') is not (> 0 and var dot)) return null;
        var body = cookie[..dot];
        var (_, signing) = Current();
        if (!IsSame(cookie[(dot + 1)..], Sign(signing, "session", body))) return null;
        // What is signed here was written here.
        var until = DateTimeOffset.FromUnixTimeSeconds(long.Parse(body.AsSpan(0, body.IndexOf('.')), CultureInfo.InvariantCulture));
        if (until <= time.GetUtcNow()) return null;
        lock (gate) return ended.ContainsKey(body) ? null : new WebSession(cookie, Sign(signing, "request", body), until);
    }

    /// <summary>Ends a session before its time, until the node ends; the cookie is taken from the browser besides.</summary>
    public void LogOut(WebSession session)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            foreach (var (old, _) in ended.Where(known => known.Value <= now).ToList()) ended.Remove(old);
            if (ended.Count < MaxEnded) ended[session.Cookie[..session.Cookie.LastIndexOf('.')]] = session.Until;
        }
    }

    /// <summary>Whether a program shows the token.</summary>
    /// <exception cref="PeerDriveException">Busy: too many showed a wrong one.</exception>
    public bool IsProgram(string shown)
    {
        if (IsToken(shown)) return true;
        BeginAttempt();
        return false;
    }

    public void Dispose() => sessions.Dispose();

    public static bool IsSame(string shown, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(expected));

    private bool IsToken(string shown) => shown.Length <= MaxTextLength && IsSame(shown, token);

    private bool TakeCode(string shown)
    {
        if (shown.Length > MaxTextLength) return false;
        var hash = Hash(shown);
        lock (gate)
        {
            var now = time.GetUtcNow();
            return codes.RemoveAll(known => known.Until > now && CryptographicOperations.FixedTimeEquals(known.Hash, hash)) > 0;
        }
    }

    /// <summary>Counts an attempt before it is known whether it is good, as many may be made at once.</summary>
    /// <exception cref="PeerDriveException">Busy.</exception>
    private void BeginAttempt()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (now >= attemptsSince + AttemptSpan) (attemptsSince, attempts) = (now, 0);
            if (attempts >= MaxAttempts) throw new PeerDriveException(ErrorKind.Busy, "Too many failed attempts to log in; wait a minute.");
            attempts++;
        }
    }

    private void EndAttempt()
    {
        lock (gate) attempts = Math.Max(0, attempts - 1);
    }

    private static byte[] KeyOf(string token, WebPassword? password) => SHA256.HashData(Encoding.UTF8.GetBytes($"peerdrive web session\0{token}\0{password?.Record}"));

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    private (WebPassword? Password, byte[] Key) Current()
    {
        lock (gate) return (password, key);
    }

    private static string Sign(byte[] key, string purpose, string body) => Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\0{body}")));
}
