using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class OtherFileSystems : Suite
{
    private const string Memory = "/dev/shm";

    public void Nothing_is_renamed_or_linked_to_another()
    {
        var other = Elsewhere("name");
        Put("f", "text");
        Ok(MkDir("d"));
        Fails(EXDEV, Rename("f", other));
        Fails(EXDEV, Rename("d", other));
        Fails(EXDEV, Rename2("f", other, RENAME_NOREPLACE));
        Fails(EXDEV, Link("f", other));
        Same("text", Text("f"));
    }

    public void Bytes_are_copied_to_another_and_back()
    {
        var other = Elsewhere("copy");
        Put("f", new string('x', 100_000));
        File.Copy("f", other);
        try
        {
            File.Copy(other, "g");
            Same(new string('x', 100_000), Text("g"));
            var (to, from) = (Opened("h", O_RDWR | O_CREAT, Mode(644)), Opened(other, O_RDONLY));
            long offset = 0;
            Same(50_000L, SendFile(to, from, ref offset, 50_000));
            Same(new string('x', 50_000), TextOf(to));
        }
        finally
        {
            File.Delete(other);
        }
    }

    public void A_link_leads_to_another()
    {
        Ok(SymLink("/proc/self/status", "link"));
        True(Text("link").StartsWith("Name:", StringComparison.Ordinal));
    }

    private static string Elsewhere(string name)
    {
        if (StatX(AT_FDCWD, Memory, 0, out var memory) < 0) throw new SkippedException($"there is no {Memory}");
        if ((memory.FileSystemMajor, memory.FileSystemMinor) == (Stat(".").FileSystemMajor, Stat(".").FileSystemMinor)) throw new SkippedException($"this is {Memory} itself");
        return $"{Memory}/posix-{Environment.ProcessId}-{name}";
    }
}
