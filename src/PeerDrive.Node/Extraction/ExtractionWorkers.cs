using PeerDrive.Extraction;
using PeerDrive.Model;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Fields;

namespace PeerDrive.Node.Extraction;

/// <summary>
/// Reads fields out of contents, one at a time for all volumes: plain text here, all else in a worker that is started when it is first needed and ended when
/// nothing came for a while.
/// </summary>
/// <param name="command">The worker's program and arguments.</param>
internal sealed class ExtractionWorkers(IReadOnlyList<string> command, TimeProvider time, ExtractionTimes times) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private WorkerProcess? worker;
    private long lastUse;

    /// <summary>What is in a content that is here.</summary>
    /// <returns>Null: part of it is not here.</returns>
    /// <exception cref="PeerDriveException">Io: no worker can be started, which says nothing about the content.</exception>
    public async Task<ExtractedFields?> ReadAsync(ContentReader content, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var head = new byte[Math.Min(content.Content.Size, ExtractionLimits.HeadBytes)];
            if (TryRead(content, head) is not { } length) return null;
            var (format, name) = FormatSniffer.Of(head.AsSpan(0, length));
            return format switch
            {
                ContentFormat.Unknown => new ExtractedFields(ExtractionOutcome.Unknown, ExtractionLimits.Version, "", RevisionState.NoAnnotations, null),
                ContentFormat.Text => PlainText(content),
                _ => await ReadInWorkerAsync(content, name, cancellation).ConfigureAwait(false),
            };
        }
        finally
        {
            lastUse = time.GetTimestamp();
            turn.Release();
        }
    }

    /// <summary>Ends a worker that was given nothing for a while. Does nothing while one is at work.</summary>
    public async Task RestAfterAsync(TimeSpan idle)
    {
        if (!await turn.WaitAsync(0, CancellationToken.None).ConfigureAwait(false)) return;
        try
        {
            if (time.GetElapsedTime(lastUse) >= idle) await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Nobody may be waiting for it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        turn.Dispose();
    }

    private async Task<ExtractedFields?> ReadInWorkerAsync(ContentReader content, string format, CancellationToken cancellation)
    {
        while (true)
        {
            var isFresh = await ReadyAsync(cancellation).ConfigureAwait(false);
            try
            {
                switch (await worker!.ReadAsync(content, cancellation).ConfigureAwait(false))
                {
                    case ExtractionEnd.Answered { Found: var found }:
                        return Checked(found);
                    case ExtractionEnd.NotHere:
                        return null;
                    case ExtractionEnd.Broke { Why: var why }:
                        await EndAsync().ConfigureAwait(false);
                        // A worker that had read others before may have died of them.
                        if (isFresh) return new ExtractedFields(ExtractionOutcome.Failed, ExtractionLimits.Version, format, RevisionState.NoAnnotations, null, why);
                        break;
                }
            }
            catch (OperationCanceledException)
            {
                // In the middle of a file: nothing can follow.
                await EndAsync(isBroken: true).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Has a worker at hand.</summary>
    /// <returns>It has read nothing yet.</returns>
    private async Task<bool> ReadyAsync(CancellationToken cancellation)
    {
        if (worker is { IsUsable: false }) await EndAsync().ConfigureAwait(false);
        worker ??= WorkerProcess.Start(command, time, times);
        if (await worker.IsReadyAsync(cancellation).ConfigureAwait(false)) return worker.Files == 0;
        await EndAsync().ConfigureAwait(false);
        throw new PeerDriveException(ErrorKind.Io, $"'{string.Join(' ', command)}' ended before it read anything.");
    }

    private async Task EndAsync(bool isBroken = false)
    {
        if (worker is null) return;
        if (isBroken) worker.Break();
        await worker.DisposeAsync().ConfigureAwait(false);
        worker = null;
    }

    private static int? TryRead(ContentReader content, Span<byte> into)
    {
        try
        {
            return content.Read(0, into);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt or ErrorKind.Io)
        {
            return null;
        }
    }

    private static ExtractedFields? PlainText(ContentReader content)
    {
        var bytes = new byte[Math.Min(content.Content.Size, ExtractionLimits.TextLength)];
        if (TryRead(content, bytes) is not { } length) return null;
        var text = System.Text.Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF');
        return new ExtractedFields(ExtractionOutcome.Done, ExtractionLimits.Version, "text", RevisionState.NoAnnotations, text);
    }

    private static ExtractedFields Checked(Found found)
    {
        var fields = RevisionState.NoAnnotations.ToBuilder();
        foreach (var field in found.Fields.Take(ExtractionLimits.Fields))
        {
            if (field is { Name.Length: > 0 and <= 64, Type: not null, Value.Length: <= ExtractionLimits.ValueLength * ExtractionLimits.SetTexts } && TypeOf(field.Type) is { } type
                && FieldText.Parse(type, field.Value) is { } value && System.Text.Encoding.UTF8.GetByteCount(field.Value) <= ModelLimits.FieldBytes)
                fields[field.Name] = value;
        }
        var text = found.Text.Length > ExtractionLimits.TextLength ? found.Text[..ExtractionLimits.TextLength] : found.Text;
        var problem = found.Problem is { Length: > 300 } sentence ? sentence[..300] : found.Problem;
        return new ExtractedFields(problem is null ? ExtractionOutcome.Done : ExtractionOutcome.Failed, ExtractionLimits.Version, found.Format, fields.ToImmutable(), text, problem);
    }

    private static FieldType? TypeOf(string name) => name switch
    {
        "text" => FieldType.Text,
        "number" => FieldType.Number,
        "time" => FieldType.Time,
        "set" => FieldType.Set,
        _ => null,
    };
}
