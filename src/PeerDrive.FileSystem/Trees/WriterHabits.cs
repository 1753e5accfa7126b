namespace PeerDrive.FileSystem.Trees;

/// <summary>
/// Remembers who makes many small files: handing those to the kernel costs more than it gives, for one that grows large it gives much.
/// Guarded by the tree's lock.
/// </summary>
internal sealed class WriterHabits
{
    private const long SmallBytes = 256 * 1024;
    private const int Enough = 3;
    private const int Remembered = 256;

    private readonly Dictionary<uint, int> smallInRow = [];

    public bool WritesLarge(uint process) => smallInRow.GetValueOrDefault(process) < Enough;

    public void Note(uint process, long length)
    {
        if (length >= SmallBytes) smallInRow.Remove(process);
        else if (smallInRow.Count < Remembered || smallInRow.ContainsKey(process)) smallInRow[process] = smallInRow.GetValueOrDefault(process) + 1;
        else smallInRow.Clear();
    }
}
