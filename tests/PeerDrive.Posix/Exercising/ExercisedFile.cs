namespace PeerDrive.Posix.Exercising;

/// <summary>A file with its model, its names, and the descriptor that it is open by.</summary>
internal sealed class ExercisedFile
{
    private readonly byte[] buffer = new byte[256 << 10];
    private readonly byte[] expected = new byte[256 << 10];

    public ExercisedFile(int number)
    {
        Number = number;
        Names.Add($"file{number}");
        Reopen(O_CREAT | O_EXCL);
    }

    public int Number { get; }

    public SparseModel Model { get; } = new();

    public List<string> Names { get; } = [];

    public int Fd { get; private set; } = -1;

    public void Reopen(int flags)
    {
        CloseIt();
        Fd = (int)Place.Must(Open(Names[^1], O_RDWR | flags, Mode(644)), $"open {Names[^1]}");
        if ((flags & O_TRUNC) != 0) Model.Resize(0);
    }

    public void CloseIt()
    {
        if (Fd >= 0) Place.Must(Close(Fd), "close");
        Fd = -1;
    }

    /// <summary>Compares a range as a descriptor reads it, up to the end of the file.</summary>
    public void Compare(int fd, long offset, int length)
    {
        while (length > 0)
        {
            var part = Math.Min(length, buffer.Length);
            var count = (int)Place.Must(PRead(fd, buffer.AsSpan(0, part), offset), "pread");
            var wanted = (int)Math.Clamp(Model.Length - offset, 0, part);
            if (count != wanted) throw new MismatchException($"reading {part} bytes at {offset} of file {Number} gave {count}, expected {wanted} (size {Model.Length})");
            Compare(offset, buffer.AsSpan(0, count));
            if (count < part) return;
            offset += part;
            length -= part;
        }
    }

    /// <summary>Compares bytes, at most 256 KiB, that were read some other way.</summary>
    public void Compare(long offset, ReadOnlySpan<byte> actual)
    {
        Model.Read(offset, expected.AsSpan(0, actual.Length));
        var at = actual.CommonPrefixLength(expected.AsSpan(0, actual.Length));
        if (at == actual.Length) return;
        var wrong = 0;
        for (var i = at; i < actual.Length; i++) wrong += actual[i] == expected[i] ? 0 : 1;
        throw new MismatchException(
            $"file {Number} at {offset + at} (0x{offset + at:x}): expected {expected[at]:x2}, actual {actual[at]:x2}; {wrong} of {actual.Length - at} bytes from there differ; size {Model.Length}");
    }

    /// <summary>Everything: size by descriptor and name, all data, and that there is nothing where the model has nothing.</summary>
    public void CompareAll()
    {
        CompareStatus();
        if (Model.Length <= 16 << 20)
        {
            Compare(Fd, 0, (int)Model.Length + 1);
            return;
        }
        foreach (var (offset, length) in Model.Blocks.ToList()) Compare(Fd, offset, length);
        for (long at = 0; at < Model.Length;)
        {
            var from = Seek(Fd, at, SEEK_DATA);
            if (from == -(long)ENXIO) return;
            at = Place.Must(Seek(Fd, Place.Must(from, "SEEK_DATA"), SEEK_HOLE), "SEEK_HOLE");
            // A file system without holes says that all is data; gigabytes of zeros are then not read here.
            if (at - from <= 64 << 20) Compare(Fd, from, (int)(at - from));
        }
    }

    public void CompareStatus()
    {
        Place.Must(StatX(Fd, "", AT_EMPTY_PATH, out var status), "fstat");
        Check(status, "fstat");
        foreach (var name in Names)
        {
            Place.Must(StatX(AT_FDCWD, name, 0, out var named), name);
            Check(named, name);
            if (named.Inode != status.Inode) throw new MismatchException($"{name} is inode {named.Inode}, the open file {status.Inode}");
        }
    }

    private void Check(in Status status, string what)
    {
        if (status.Size != Model.Length || status.Links != Names.Count)
            throw new MismatchException($"{what} of file {Number}: size {status.Size}, expected {Model.Length}; {status.Links} links, expected {Names.Count}");
    }
}
