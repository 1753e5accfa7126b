namespace PeerDrive.Posix.Exercising;

/// <summary>Does random things to some files and to models of them, which must stay equal.</summary>
internal sealed class Exerciser
{
    private const int MostBytes = 64 << 10;

    private readonly Chance chance;
    private readonly List<ExercisedFile> files = [];
    private readonly byte[] buffer = new byte[MostBytes];
    private readonly long largest;
    private readonly HashSet<string> unsupported = [];
    private readonly (int Weight, string Name, Action<ExercisedFile> Do)[] operations;
    private readonly int weights;
    private readonly List<Step> steps = [];
    private long number, names;

    /// <param name="firstFile">Number of the first file, so that several exercisers do not meet.</param>
    /// <param name="isLarge">Offsets around 2 GiB, 4 GiB and 5 GiB instead of below 1 MiB.</param>
    public Exerciser(Chance chance, int firstFile, int fileCount, bool isLarge)
    {
        this.chance = chance;
        IsLarge = isLarge;
        largest = isLarge ? 5L << 30 : 1 << 20;
        operations =
        [
            (20, "read", Read), (22, "write", Write), (6, "append", Append), (6, "truncate", Truncate), (8, "map-read", MapRead), (8, "map-write", MapWrite),
            (3, "fallocate", Allocate), (4, "punch", Punch), (3, "zero", Zero), (6, "copy-range", CopyRange), (3, "reopen", Reopen), (1, "empty", Empty),
            (2, "rename", RenameIt), (1, "link", LinkIt), (1, "fsync", Sync), (5, "stat", file => file.CompareStatus()), (4, "seek", SeekHole),
            (3, "read-anew", ReadAnew),
        ];
        weights = operations.Sum(operation => operation.Weight);
        for (var i = 0; i < fileCount; i++) files.Add(new ExercisedFile(firstFile + i));
    }

    public IEnumerable<Step> Steps => steps;

    public IEnumerable<string> Unsupported => unsupported;

    private bool IsLarge { get; }

    public void Step()
    {
        var pick = chance.Below(weights);
        var file = chance.Of(files);
        number++;
        foreach (var (weight, name, act) in operations)
        {
            if ((pick -= weight) >= 0) continue;
            Note(name, file);
            act(file);
            return;
        }
    }

    /// <summary>Closes all files, lets the kernel forget them, and compares everything that is read then.</summary>
    public void ReopenAll()
    {
        foreach (var file in files) file.CloseIt();
        Place.DropCaches();
        foreach (var file in files) file.Reopen(0);
        CompareAll();
    }

    public void CompareAll()
    {
        foreach (var file in files) file.CompareAll();
    }

    public void CloseAll()
    {
        foreach (var file in files) file.CloseIt();
    }

    private void Note(string what, ExercisedFile file, long offset = -1, long length = -1, long other = -1)
    {
        // What is chosen is noted before its details are.
        if (steps.Count > 0 && steps[^1] is { Offset: -1 } last && last.Number == number) steps.RemoveAt(steps.Count - 1);
        if (steps.Count == 200) steps.RemoveAt(0);
        steps.Add(new Step(number, what, file.Number, offset, length, other));
    }

    /// <summary>Where to begin, so that <paramref name="length"/> bytes fit; often on a page or sector.</summary>
    private long Offset(long length)
    {
        long at;
        if (IsLarge)
        {
            var center = chance.Of<long>([0, 1L << 31, 1L << 32, (5L << 30) - (1 << 20)]);
            at = Math.Max(0, center + chance.Below(512 << 10) - (256 << 10));
        }
        else
        {
            at = chance.Below(chance.OneIn(3) ? largest : Math.Min(largest, 128 << 10));
        }
        at = chance.Below(4) switch { 0 => at & ~4095L, 1 => at & ~511L, _ => at };
        return Math.Min(at, largest - length);
    }

    private long OffsetIn(ExercisedFile file, long length) => Math.Clamp(Offset(length), 0, Math.Max(0, file.Model.Length - 1));

    private ReadOnlySpan<byte> Fresh(int length)
    {
        chance.Fill(buffer.AsSpan(0, length));
        return buffer.AsSpan(0, length);
    }

    private void Read(ExercisedFile file)
    {
        var length = chance.Length(MostBytes);
        var offset = Offset(length);
        Note("read", file, offset, length);
        file.Compare(file.Fd, offset, length);
    }

    private void Write(ExercisedFile file)
    {
        var length = chance.Length(MostBytes);
        var offset = Offset(length);
        Note("write", file, offset, length);
        Wrote(file, offset, Fresh(length), PWrite(file.Fd, buffer.AsSpan(0, length), offset));
    }

    private void Append(ExercisedFile file)
    {
        var length = (int)Math.Min(chance.Length(MostBytes), largest - file.Model.Length);
        if (length <= 0) return;
        var offset = file.Model.Length;
        Note("append", file, offset, length);
        Fresh(length);
        var fd = (int)Place.Must(Open(file.Names[0], O_WRONLY | O_APPEND), "open to append");
        var outcome = FileCalls.Write(fd, buffer.AsSpan(0, length));
        Place.Must(Close(fd), "close");
        Wrote(file, offset, buffer.AsSpan(0, length), outcome);
    }

    private static void Wrote(ExercisedFile file, long offset, ReadOnlySpan<byte> bytes, long outcome)
    {
        if (Place.Must(outcome, "write") != bytes.Length) throw new MismatchException($"write of {bytes.Length} bytes wrote {outcome}");
        file.Model.Write(offset, bytes);
    }

    private void Truncate(ExercisedFile file)
    {
        var length = chance.Below(3) switch { 0 => chance.Below(file.Model.Length + 1), 1 => file.Model.Length - Math.Min(file.Model.Length, chance.Below(5000)), _ => Offset(0) };
        var byName = chance.OneIn(2);
        Note(byName ? "truncate" : "ftruncate", file, length, -1, file.Model.Length);
        Place.Must(byName ? NameCalls.Truncate(file.Names[0], length) : FTruncate(file.Fd, length), "truncate");
        file.Model.Resize(length);
    }

    private void MapRead(ExercisedFile file) => Mapped(file, isWrite: false);

    private void MapWrite(ExercisedFile file) => Mapped(file, isWrite: true);

    private void Mapped(ExercisedFile file, bool isWrite)
    {
        if (file.Model.Length == 0) return;
        var offset = OffsetIn(file, 0);
        var length = (int)Math.Min(chance.Length(MostBytes), file.Model.Length - offset);
        var start = offset & ~4095L;
        var whole = offset + length - start;
        var sync = chance.Below(3);
        Note(isWrite ? "map-write" : "map-read", file, offset, length, sync);
        var address = Place.Must(Map(file.Fd, start, whole, isWrite ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED), "mmap");
        var bytes = At(address + (offset - start), length);
        file.Compare(offset, bytes);
        if (isWrite)
        {
            Fresh(length).CopyTo(bytes);
            file.Model.Write(offset, buffer.AsSpan(0, length));
            if (sync < 2) Place.Must(Synchronize(address, whole, sync == 0 ? MS_SYNC : MS_ASYNC), "msync");
        }
        Place.Must(Unmap(address, whole), "munmap");
    }

    private void Allocate(ExercisedFile file)
    {
        var length = chance.Length(MostBytes);
        var offset = Offset(length);
        var keep = chance.OneIn(2);
        Note(keep ? "fallocate-keep" : "fallocate", file, offset, length);
        if (!Supported("fallocate", FAllocate(file.Fd, keep ? FALLOC_FL_KEEP_SIZE : 0, offset, length))) return;
        if (!keep) file.Model.Resize(Math.Max(file.Model.Length, offset + length));
    }

    private void Punch(ExercisedFile file)
    {
        var length = chance.Length(MostBytes) * (chance.OneIn(4) ? 4 : 1);
        var offset = Offset(length);
        Note("punch", file, offset, length);
        if (Supported("punch", FAllocate(file.Fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length))) file.Model.Clear(offset, length);
    }

    private void Zero(ExercisedFile file)
    {
        var length = chance.Length(MostBytes);
        var offset = Offset(length);
        Note("zero", file, offset, length);
        if (!Supported("zero", FAllocate(file.Fd, FALLOC_FL_ZERO_RANGE, offset, length))) return;
        file.Model.Clear(offset, length);
        file.Model.Resize(Math.Max(file.Model.Length, offset + length));
    }

    private void CopyRange(ExercisedFile file)
    {
        var target = chance.Of(files);
        var length = chance.Length(MostBytes);
        long from = OffsetIn(file, length), to = Offset(length);
        if (file == target && Math.Abs(from - to) < length) return;
        Note("copy-range", file, from, length, to);
        Note("…to", target, to);
        var (fromBefore, toBefore) = (from, to);
        var outcome = CopyFileRange(file.Fd, ref from, target.Fd, ref to, length);
        if (!Supported("copy-range", outcome)) return;
        if (outcome > length || (outcome == 0 && fromBefore < file.Model.Length)) throw new MismatchException($"copy_file_range of {length} bytes copied {outcome}");
        file.Model.Read(fromBefore, buffer.AsSpan(0, (int)outcome));
        target.Model.Write(toBefore, buffer.AsSpan(0, (int)outcome));
    }

    private void Reopen(ExercisedFile file) => file.Reopen(0);

    private void Empty(ExercisedFile file) => file.Reopen(O_TRUNC);

    private void RenameIt(ExercisedFile file)
    {
        var at = chance.Below(file.Names.Count);
        var name = $"file{file.Number}-{++names}";
        Place.Must(Rename(file.Names[at], name), "rename");
        file.Names[at] = name;
    }

    private void LinkIt(ExercisedFile file)
    {
        if (file.Names.Count > 2)
        {
            var at = chance.Below(file.Names.Count);
            Place.Must(Unlink(file.Names[at]), "unlink");
            file.Names.RemoveAt(at);
            return;
        }
        var name = $"link{file.Number}-{++names}";
        var outcome = Link(file.Names[0], name);
        if (outcome == -(long)EPERM) unsupported.Add("link");
        else Place.Must(outcome, "link");
        if (outcome >= 0) file.Names.Add(name);
    }

    private void Sync(ExercisedFile file) => Place.Must(chance.OneIn(2) ? FSync(file.Fd) : FDataSync(file.Fd), "fsync");

    private void SeekHole(ExercisedFile file)
    {
        if (file.Model.Length == 0) return;
        var offset = OffsetIn(file, 0);
        Note("seek", file, offset);
        var data = Seek(file.Fd, offset, SEEK_DATA);
        if (data < 0 && data != -(long)ENXIO) Place.Must(data, "SEEK_DATA");
        var end = data < 0 ? file.Model.Length : data;
        if (end < offset || (data >= 0 && data >= file.Model.Length) || !file.Model.IsClear(offset, end - offset))
            throw new MismatchException($"SEEK_DATA from {offset} gave {Outcome.Describe(data)}, but there is data before; size {file.Model.Length}");
        var hole = Place.Must(Seek(file.Fd, offset, SEEK_HOLE), "SEEK_HOLE");
        if (hole < offset || hole > file.Model.Length) throw new MismatchException($"SEEK_HOLE from {offset} gave {hole}; size {file.Model.Length}");
    }

    /// <summary>Reads by a descriptor of its own.</summary>
    private void ReadAnew(ExercisedFile file)
    {
        var length = chance.Length(MostBytes);
        var offset = Offset(length);
        Note("read-anew", file, offset, length);
        var fd = (int)Place.Must(Open(chance.Of(file.Names), O_RDONLY), "open");
        file.Compare(fd, offset, length);
        Place.Must(Close(fd), "close");
    }

    private bool Supported(string what, long outcome)
    {
        if (outcome == -(long)EOPNOTSUPP) unsupported.Add(what);
        else Place.Must(outcome, what);
        return outcome >= 0;
    }
}
