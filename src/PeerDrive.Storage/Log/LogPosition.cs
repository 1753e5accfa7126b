namespace PeerDrive.Storage.Log;

/// <summary>A place in the log: file number, counted from 1, and bytes from that file's start.</summary>
public readonly record struct LogPosition(int File, long Offset) : IComparable<LogPosition>
{
    public int CompareTo(LogPosition other) => File != other.File ? File.CompareTo(other.File) : Offset.CompareTo(other.Offset);
}
