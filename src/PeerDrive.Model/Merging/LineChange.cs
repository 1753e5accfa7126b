namespace PeerDrive.Model.Merging;

/// <summary>Lines [FromStart, FromEnd) of one text became lines [ToStart, ToEnd) of the other.</summary>
internal readonly record struct LineChange(int FromStart, int FromEnd, int ToStart, int ToEnd);
