namespace PeerDrive.Model.Queries;

/// <summary>Spans that a query's times are given in.</summary>
public enum QueryTimeUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}
