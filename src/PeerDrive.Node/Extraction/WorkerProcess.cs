using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using PeerDrive.Extraction;
using PeerDrive.Extraction.Working;
using PeerDrive.Model.Errors;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Node.Extraction;

/// <summary>
/// A process of the same program that reads files for fields, so that a file which is made to harm harms nothing else: with little memory, little time, no
/// variables of this process, and only those bytes that it asks for. Used for one file at a time.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    /// <summary>What the runtime needs beside its heap: code, stacks, buffers.</summary>
    private const long DataBytes = ExtractionLimits.HeapBytes + (512L << 20);

    /// <summary>Processor time of all its files together: one whose node is gone does not run for ever.</summary>
    private const long CpuSeconds = 900;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), EndTime = TimeSpan.FromSeconds(10);

    private readonly Process process;
    private readonly TimeProvider time;
    private readonly ExtractionTimes times;
    private bool isReady, hasBroken;

    private WorkerProcess(Process process, TimeProvider time, ExtractionTimes times) => (this.process, this.time, this.times) = (process, time, times);

    /// <summary>Files that it was given.</summary>
    public int Files { get; private set; }

    /// <summary>It can take another one.</summary>
    public bool IsUsable => !hasBroken && !process.HasExited && Files < ExtractionLimits.FilesOfWorker;

    /// <param name="command">The program and its arguments.</param>
    /// <exception cref="PeerDriveException">Io: it cannot be started.</exception>
    public static WorkerProcess Start(IReadOnlyList<string> command, TimeProvider time, ExtractionTimes times)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/",
        };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        var kept = start.Environment.Where(variable => variable.Key is "PATH" or "DOTNET_ROOT" or "LD_LIBRARY_PATH").ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept) start.Environment[name] = value;
        start.Environment["DOTNET_GCHeapHardLimit"] = ExtractionLimits.HeapBytes.ToString("X", System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        try
        {
            var process = Process.Start(start) ?? throw new PeerDriveException(ErrorKind.Io, $"'{command[0]}' did not start.");
            // Read and dropped: what a runtime writes when it dies.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Limit(process);
            return new WorkerProcess(process, time, times);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new PeerDriveException(ErrorKind.Io, $"'{command[0]}' could not be started: {e.Message}.", e);
        }
    }

    /// <summary>Waits until it is up.</summary>
    /// <returns>False: it ended instead.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        if (isReady) return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = WatchAsync(limit.Token);
        var first = new byte[1];
        try
        {
            isReady = await process.StandardOutput.BaseStream.ReadAtLeastAsync(first, 1, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) == 1 && first[0] == WorkerPipe.Ready;
        }
        catch (IOException)
        {
            isReady = false;
        }
        await limit.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(false);
        hasBroken |= !isReady;
        return isReady;
    }

    /// <summary>Has one file read. Whatever comes back is capped, and nothing of it is believed beyond that.</summary>
    public async Task<ExtractionEnd> ReadAsync(ContentReader content, CancellationToken cancellation)
    {
        Files++;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = WatchAsync(limit.Token);
        ExtractionEnd end;
        try
        {
            end = await ServeAsync(content, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            end = new ExtractionEnd.Broke("it ended the program that read it");
        }
        await limit.CancelAsync().ConfigureAwait(false);
        var isLate = await watch.ConfigureAwait(false);
        if (end is ExtractionEnd.Broke) hasBroken = true;
        return isLate && end is ExtractionEnd.Broke ? new ExtractionEnd.Broke("reading it took too long") : end;
    }

    /// <summary>It is in the middle of something and of no use any more.</summary>
    public void Break() => hasBroken = true;

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (hasBroken) process.Kill(entireProcessTree: true);
            else process.StandardInput.Close();
            using var limit = new CancellationTokenSource(EndTime, time);
            try
            {
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or Win32Exception)
        {
            // It has ended.
        }
        process.Dispose();
    }

    private static void Limit(Process process)
    {
        try
        {
            Libc.LimitProcess(process.Id, DataBytes, CpuSeconds);
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is Native.ErrnoException or Win32Exception or InvalidOperationException)
        {
            // It has ended already, which is seen when it is asked; or this machine has no such limits, and those of the heap and of time hold.
        }
    }

    private async Task<ExtractionEnd> ServeAsync(ContentReader content, CancellationToken cancellation)
    {
        var (input, output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        await input.WriteAsync(WorkerPipe.FileOf((long)content.Content.Size), cancellation).ConfigureAwait(false);
        await input.FlushAsync(cancellation).ConfigureAwait(false);
        var head = new byte[13];
        var block = new byte[4 + ExtractionLimits.BlockBytes];
        var isGone = false;
        while (true)
        {
            await output.ReadExactlyAsync(head.AsMemory(0, 5), cancellation).ConfigureAwait(false);
            if (head[0] == WorkerPipe.Done)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(1));
                if (length is < 0 or > ExtractionLimits.AnswerBytes) return new ExtractionEnd.Broke("what was read out of it is too long");
                var json = new byte[length];
                await output.ReadExactlyAsync(json, cancellation).ConfigureAwait(false);
                if (isGone) return new ExtractionEnd.NotHere();
                return WorkerPipe.ParseAnswer(json) is { } found ? new ExtractionEnd.Answered(found) : new ExtractionEnd.Broke("it made the program that read it talk nonsense");
            }
            await output.ReadExactlyAsync(head.AsMemory(5, 8), cancellation).ConfigureAwait(false);
            var offset = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(1));
            var wanted = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(9));
            if (head[0] != WorkerPipe.Want || wanted is <= 0 or > ExtractionLimits.BlockBytes || offset < 0 || offset > (long)content.Content.Size - wanted)
                return new ExtractionEnd.Broke("it made the program that read it talk nonsense");
            var read = isGone ? -1 : Read(content, offset, block.AsSpan(4, wanted));
            isGone |= read != wanted;
            BinaryPrimitives.WriteInt32LittleEndian(block, isGone ? -1 : wanted);
            await input.WriteAsync(block.AsMemory(0, isGone ? 4 : 4 + wanted), cancellation).ConfigureAwait(false);
            await input.FlushAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static int Read(ContentReader content, long offset, Span<byte> into)
    {
        try
        {
            return content.Read(offset, into);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt or ErrorKind.Io)
        {
            return -1;
        }
    }

    /// <summary>Ends the worker when one file takes too much of the processor, or of anybody's time.</summary>
    /// <returns>Whether it had to.</returns>
    private async Task<bool> WatchAsync(CancellationToken over)
    {
        using var tick = new PeriodicTimer(Look, time);
        var began = time.GetTimestamp();
        try
        {
            var used = process.TotalProcessorTime;
            while (await tick.WaitForNextTickAsync(over).ConfigureAwait(false))
            {
                process.Refresh();
                if (process.TotalProcessorTime - used < times.Processor && time.GetElapsedTime(began) < times.Clock) continue;
                hasBroken = true;
                process.Kill(entireProcessTree: true);
                return true;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or Win32Exception)
        {
            // The file is done, or the worker ended by itself.
        }
        return false;
    }
}
