namespace PeerDrive.Node.Extraction;

/// <summary>How long one file may take.</summary>
/// <param name="Processor">Of a processor's time: a machine with much to do is no fault of the file.</param>
/// <param name="Clock">By the clock: for what waits for ever.</param>
internal sealed record ExtractionTimes(TimeSpan Processor, TimeSpan Clock)
{
    public static readonly ExtractionTimes Usual = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(30));
}
