using System.Buffers.Binary;
using System.Diagnostics;

namespace PeerDrive.Node.Mounting.Telling;

/// <summary>The teller while it runs. It ends with its input, so also with this process. For one caller.</summary>
internal sealed class TellerProcess : IDisposable
{
    /// <summary>The word by which the program becomes the teller.</summary>
    public const string Word = "tell-changes";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process process;
    private readonly byte[] answer = new byte[4];

    private TellerProcess(Process process) => this.process = process;

    /// <summary>The thread that does what is asked for.</summary>
    public uint Thread { get; private set; }

    /// <exception cref="IOException">The program cannot be started, or is no teller.</exception>
    public static async Task<TellerProcess> StartAsync(string program, TimeProvider time, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, [Word]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        // It holds next to nothing.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x2000000";
        start.Environment["DOTNET_TieredPGO"] = "0";
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException(e.Message, e);
        }
        var teller = new TellerProcess(process ?? throw new IOException($"{program} does not start."));
        try
        {
            await teller.AnswerAsync(4, time, cancellation).ConfigureAwait(false);
            teller.Thread = BinaryPrimitives.ReadUInt32LittleEndian(teller.answer);
            return teller;
        }
        catch
        {
            teller.Dispose();
            throw;
        }
    }

    /// <summary>Returns when it was tried.</summary>
    /// <exception cref="IOException">The process has ended, or does not answer.</exception>
    public Task RepeatAsync(TellerCommand command, TimeProvider time, CancellationToken cancellation)
    {
        command.Write(process.StandardInput.BaseStream);
        return AnswerAsync(1, time, cancellation);
    }

    public void Dispose()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
        process.Dispose();
    }

    private async Task AnswerAsync(int bytes, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await process.StandardOutput.BaseStream.ReadExactlyAsync(answer.AsMemory(0, bytes), both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"The process does not answer within {Patience.TotalSeconds} s.", e);
        }
    }
}
