namespace PeerDrive.Storage.Search;

/// <summary>A line of the search index with its time; the newest come first, of one time the one with the greatest number.</summary>
internal readonly record struct TimedLine(long Time, long Id) : IComparable<TimedLine>
{
    public static readonly TimedLine First = new(long.MaxValue, long.MaxValue);

    public int CompareTo(TimedLine other) => Time != other.Time ? other.Time.CompareTo(Time) : other.Id.CompareTo(Id);
}
