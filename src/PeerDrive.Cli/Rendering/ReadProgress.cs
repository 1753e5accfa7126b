using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Rendering;

/// <summary>Shows on a terminal how far the reading of a file is, when its bytes go elsewhere and it takes a while.</summary>
internal sealed class ReadProgress(Call call)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);
    private readonly DateTimeOffset began = call.Now;
    private DateTimeOffset told = call.Now;
    private long bytes;
    private bool hasLine;

    public void Add(int read)
    {
        bytes += read;
        var now = call.Now;
        if (!call.Terminal.ShowsError || call.Terminal.ShowsOutput || call.IsJson || now - told < Pace) return;
        told = now;
        hasLine = true;
        call.Terminal.Error.Write($"\r{ByteSize.Show(bytes)}, {ByteSize.Show((long)(bytes / Math.Max(0.001, (now - began).TotalSeconds)))}/s\u001b[K");
    }

    public void End()
    {
        if (hasLine) call.Terminal.Error.Write("\r\u001b[K");
        hasLine = false;
    }
}
