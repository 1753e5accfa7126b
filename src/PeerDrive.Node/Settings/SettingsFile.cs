using System.Text.Json;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Settings;

/// <summary>node.json, replaced as a whole. Thread-safe.</summary>
internal sealed class SettingsFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string path;
    private readonly Lock gate = new();
    private NodeSettings current;

    private SettingsFile(string path, NodeSettings current)
    {
        this.path = path;
        this.current = current;
    }

    public NodeSettings Current => Volatile.Read(ref current);

    /// <exception cref="PeerDriveException">Corrupt: the file is damaged.</exception>
    public static SettingsFile Open(string path) => new(path, Failures.Translated(() => Read(path)));

    /// <summary>Changes the settings; the file is written only when something differs.</summary>
    public void Change(Func<NodeSettings, NodeSettings> change)
    {
        lock (gate)
        {
            var next = change(current);
            if (ReferenceEquals(next, current)) return;
            Failures.Translated(() =>
            {
                PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(next, Json));
                return true;
            });
            Volatile.Write(ref current, next);
        }
    }

    private static NodeSettings Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return new NodeSettings();
        try
        {
            if (file.Length > MaxBytes) throw new JsonException("It is too large.");
            return JsonSerializer.Deserialize<NodeSettings>(File.ReadAllBytes(path), Json) ?? new NodeSettings();
        }
        catch (JsonException e)
        {
            throw new PeerDriveException(ErrorKind.Corrupt, $"{path} is damaged: {e.Message} Repair or remove it; it holds the port, peers' addresses, limits, pauses and rules only.", e);
        }
    }
}
