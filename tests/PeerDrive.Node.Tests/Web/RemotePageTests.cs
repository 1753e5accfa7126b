using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Tests.Web;

/// <summary>The page as other devices open it: with TLS and a password.</summary>
public sealed class RemotePageTests
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Other_devices_log_in_with_the_password_over_TLS_and_with_nothing_less()
    {
        var home = Directory.CreateTempSubdirectory("peerdrive-remote-").FullName;
        try
        {
            NodeOptions Remote(NodeOptions options) => options with { WebRemote = "127.0.0.2:0" };
            var refused = await Assert.ThrowsAsync<PeerDriveException>(() => TestNode.StartAsync(home: home, change: Remote));
            Assert.Contains("peerdrive password", refused.Message, StringComparison.Ordinal);
            await using (var local = await TestNode.StartAsync(home: home))
            {
                Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => local.Client.SetPasswordAsync(new PasswordRequest("short"), default))).Kind);
                await local.Client.SetPasswordAsync(new PasswordRequest(Password), default);
                Assert.Null((await local.Client.PageAsync(default)).Remote);
            }
            await using var node = await TestNode.StartAsync(home: home, change: Remote);
            var place = await node.Client.PageAsync(default);
            var address = new Uri(place.Remote!);
            Assert.Equal(("https", "127.0.0.2"), (address.Scheme, address.Host));
            foreach (var file in new[] { "web-password", "web-certificate.pem" }) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(home, file)));
            Assert.DoesNotContain(Password, await File.ReadAllTextAsync(Path.Combine(home, "web-password")), StringComparison.Ordinal);

            using var http = Browser(address, place.Fingerprint!);
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("api/v1/status")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await LogInAsync(http, "wrong horse battery")).StatusCode);
            using var welcome = await LogInAsync(http, Password);
            var cookie = Assert.Single(welcome.Headers.GetValues("Set-Cookie"));
            Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
            http.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("api/v1/status")).StatusCode);
            // Neither by another name, nor from another page, nor without TLS.
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, ("Host", $"evil.example:{address.Port}")));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, ("Origin", $"http://127.0.0.2:{address.Port}")));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, ("Host", $"localhost:{address.Port}")));
            using var plain = new HttpClient();
            await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync($"http://127.0.0.2:{address.Port}/api/v1/status"));

            // While others can open it, it has a password; another one ends all sessions.
            Assert.Equal("Conflict", (await TestNode.ProblemAsync(() => node.Client.RemovePasswordAsync(default))).Kind);
            await node.Client.SetPasswordAsync(new PasswordRequest(Password + " staple"), default);
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("api/v1/status")).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await LogInAsync(http, Password)).StatusCode);
            // Who guesses is soon not answered, however many guesses are made at once.
            var guesses = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => LogInAsync(http, $"guess number {n}")));
            Assert.InRange(guesses.Count(guess => guess.StatusCode == HttpStatusCode.Forbidden), 1, 9);
            Assert.Equal(HttpStatusCode.OK, (await LogInAsync(http, WebClient.TokenOf(node) + "\n")).StatusCode);
            Assert.All(guesses.Where(guess => guess.StatusCode != HttpStatusCode.Forbidden), guess => Assert.Equal(HttpStatusCode.Conflict, guess.StatusCode));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Damaged_files_and_wrong_places_are_said_and_nothing_is_served()
    {
        var home = Directory.CreateTempSubdirectory("peerdrive-remote-").FullName;
        try
        {
            await using (var local = await TestNode.StartAsync(home: home)) await local.Client.SetPasswordAsync(new PasswordRequest(Password), default);
            foreach (var place in new[] { "", "here", "1.2.3.4", "70000", "127.0.0.2:99999" })
                Assert.Equal(ErrorKind.Invalid, (await Assert.ThrowsAsync<PeerDriveException>(() => TestNode.StartAsync(home: home, change: options => options with { WebRemote = place }))).Kind);
            foreach (var file in new[] { "web-certificate.pem", "web-password" })
            {
                await File.WriteAllTextAsync(Path.Combine(home, file), "nonsense");
                var failure = await Assert.ThrowsAsync<PeerDriveException>(() => TestNode.StartAsync(home: home, change: options => options with { WebRemote = "127.0.0.2:0" }));
                Assert.Equal(ErrorKind.Corrupt, failure.Kind);
                Assert.Contains(file, failure.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>Trusts the certificate with this fingerprint, as a person does who compared it.</summary>
    private static HttpClient Browser(Uri address, string fingerprint) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256) == fingerprint },
    })
    { BaseAddress = address };

    private static Task<HttpResponseMessage> LogInAsync(HttpClient http, string secret) => http.PostAsJsonAsync("api/v1/session", new SessionRequest(secret));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/status");
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }
}
