using PeerDrive.Posix.Conformance;

namespace PeerDrive.Posix.Suites;

internal sealed class Naming : Suite
{
    public static IEnumerable<object[]> Odd => new[]
    {
        "a b", " leading", "trailing ", "trailing.", "...", "-rf", "line\nbreak", "tab\t", "\x01\x7F", "\xFF\xFE", "\xC3\xA9", "e\xCC\x81", "\xC0\x80", "\\",
        "a:b", "CON", "nul.txt", "a*b?c", "\"quoted\"", "'", "$HOME", ".hidden", "~", "#x#", "a|b<c>d", "%2e%2e", "\xE2\x80\xAEtxt",
    }.Select(name => new object[] { name });

    [RowsOf(nameof(Odd))]
    public void Any_bytes_but_slash_and_NUL_make_a_name(string name)
    {
        Put(name, "text");
        Same(name, Names(".").Single());
        Same("text", Text(name));
        Ok(Rename(name, name + "2"));
        Ok(MkDir(name));
        Put($"{name}/{name}");
        Same(name, Names(name).Single());
        Ok(Link(name + "2", $"{name}/link"));
        Ok(SymLink(name, "link"));
        Same(name, Target("link"));
        Ok(Unlink(name + "2"));
    }

    [Row("file"), Row("dir"), Row("link"), Row("fifo")]
    public void A_name_may_have_255_bytes(string kind)
    {
        var name = new string('n', 255);
        Ok(kind switch { "dir" => MkDir(name), "link" => SymLink("x", name), "fifo" => MkNod(name, S_IFIFO | Mode(644)), _ => MkNod(name, S_IFREG | Mode(644)) });
        Same(name, Names(".").Single());
        var other = new string('m', 255);
        Ok(Rename(name, other));
        Fails(ENAMETOOLONG, Rename(other, other + "m"));
        if (kind != "dir") Ok(Link(other, name));
        Ok(kind == "dir" ? RmDir(other) : Unlink(other));
    }

    public void Names_of_255_bytes_that_differ_in_the_last_are_different()
    {
        for (var c = 'a'; c <= 'z'; c++) Put(new string('n', 254) + c, $"{c}");
        Same(26, Names(".").Count);
        Same("q", Text(new string('n', 254) + 'q'));
    }

    public void Names_that_differ_in_case_or_normal_form_are_different()
    {
        foreach (var name in new[] { "name", "NAME", "Name", "\xC3\xA9", "e\xCC\x81", "\xC3\x89" }) Put(name, name);
        Same(6, Names(".").Count);
        Same("NAME", Text("NAME"));
        Same("e\xCC\x81", Text("e\xCC\x81"));
    }

    public void A_path_may_have_4095_bytes()
    {
        var part = new string('d', 199);
        var path = "";
        while (path.Length + 200 < 4090)
        {
            path += part + "/";
            Ok(MkDir(path));
        }
        path += new string('f', 4095 - path.Length);
        Put(path, "text");
        Same("text", Text(path));
        Same(4L, Stat(path).Size);
        Ok(Truncate(path, 2));
        Ok(ChMod(path, Mode(600)));
        Fails(ENAMETOOLONG, Open(path + "f", O_RDONLY));
        Ok(Unlink(path));
    }

    public void Files_deeper_than_any_path_can_be_reached_step_by_step()
    {
        var fd = Opened(".", O_RDONLY | O_DIRECTORY);
        for (var level = 0; level < 40; level++)
        {
            Ok(MkDirAt(fd, new string('d', 250), Mode(755)));
            var next = Kept(OpenAt(fd, new string('d', 250), O_RDONLY | O_DIRECTORY));
            Shut(fd);
            fd = next;
        }
        var file = Kept(OpenAt(fd, "f", O_RDWR | O_CREAT, Mode(644)));
        Same(4L, Write(file, "deep"u8));
        Shut(file);
        Same("deep", TextOf(Kept(OpenAt(fd, "f", O_RDONLY))));
    }

    public void Dots_and_slashes_in_a_path_mean_what_they_do()
    {
        Ok(MkDir("d"));
        Put("d/f", "text");
        foreach (var path in new[] { "./d/f", "d//f", "d/./f", "d/../d/f", ".//d/.././d//f" }) Same("text", Text(path));
    }
}
