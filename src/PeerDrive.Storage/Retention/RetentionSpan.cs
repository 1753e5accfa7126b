namespace PeerDrive.Storage.Retention;

/// <summary>Spans of which a rule keeps one version each: UTC days, weeks from Monday on, months, years.</summary>
public enum RetentionSpan
{
    Day,
    Week,
    Month,
    Year,
}
