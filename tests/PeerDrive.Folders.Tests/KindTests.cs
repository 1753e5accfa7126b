using System.Text;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders.Tests;

public sealed class KindTests : LinkFixture
{
    [Fact]
    public async Task Links_fifos_modes_times_and_attributes_travel()
    {
        var b = await LinkBothAsync();
        Shell.Run(A.Directory, "ln -s ../no/where link; mkfifo -m 640 pipe; printf x > f; chmod 751 f; touch -d '2001-02-03 04:05:06.123456789' f; mkdir -m 2750 d; touch -h -d 2002-02-02 link");
        SetXattr(A, "1"u8);
        await A.ExchangeAsync(b);
        Assert.Equal("../no/where", new FileInfo(b.PathOf("link")).LinkTarget);
        Assert.Equal("751 2001-02-03 04:05:06.123456789", Shell.Run(b.Directory, "TZ=UTC stat -c '%a %y' f").Replace(" +0000", "").Trim());
        Assert.Equal("prw-r-----", Shell.Run(b.Directory, "stat -c %A pipe").Trim());
        // Bits that lend rights do not come in from outside.
        Assert.Equal("750", Shell.Run(b.Directory, "stat -c %a d").Trim());
        Assert.Equal("1"u8.ToArray(), Xattr(b));
        Shell.Run(b.Directory, "chmod 600 f");
        SetXattr(b, "2"u8);
        await A.ExchangeAsync(b);
        Assert.Equal("600", Shell.Run(A.Directory, "stat -c %a f").Trim());
        Assert.Equal("2"u8.ToArray(), Xattr(A));
        Assert.Equal("2750", Shell.Run(A.Directory, "stat -c %a d").Trim());
    }

    private static void SetXattr(Side side, ReadOnlySpan<byte> value)
    {
        using var file = Native.Files.Libc.Open(Encoding.UTF8.GetBytes(side.PathOf("f")), Native.Files.OpenFlags.ReadWrite);
        Native.Files.Libc.SetXattr(file, "user.a"u8, value);
    }

    private static byte[]? Xattr(Side side)
    {
        using var file = Native.Files.Libc.Open(Encoding.UTF8.GetBytes(side.PathOf("f")), Native.Files.OpenFlags.ReadOnly);
        return Native.Files.Libc.GetXattr(file, "user.a"u8);
    }

    [Fact]
    public async Task A_folders_mode_and_the_time_it_was_given_are_shared()
    {
        var b = await LinkBothAsync();
        A.Write("d/f", "one");
        await A.ExchangeAsync(b);
        Shell.Run(A.Directory, "chmod 711 d");
        await A.ExchangeAsync(b);
        Assert.Equal("711", Shell.Run(b.Directory, "stat -c %a d").Trim());
        Shell.Run(A.Directory, "touch -d '2001-02-03 04:05:06.5' d");
        await A.ExchangeAsync(b);
        Assert.Equal("2001-02-03 04:05:06.500000000", Time(b));
        Shell.Run(b.Directory, "chmod 700 d; touch -d '2002-02-03 04:05:06.5' d");
        await A.ExchangeAsync(b);
        Assert.Equal("700 2002-02-03 04:05:06.500000000", Shell.Run(A.Directory, "stat -c %a d").Trim() + " " + Time(A));
        foreach (var side in new[] { A, b })
        {
            await side.Link.ScanAsync(CancellationToken.None).OrFail();
            Assert.Equal("2002-02-03 04:05:06.500000000", Time(side));
        }
        await A.ExchangeAsync(b);
        Assert.Equal(4, A.Volume.Reader.History(A.Require("d").Document).Count(revision => !revision.IsMerge));
    }

    [Fact]
    public async Task What_comes_and_goes_in_a_folder_makes_no_revision_of_it()
    {
        var b = await LinkBothAsync();
        A.Write("d/f", "one");
        await A.ExchangeAsync(b);
        A.Write("d/g", "two");
        await A.ExchangeAsync(b);
        b.Write("d/h", "three");
        File.Delete(b.PathOf("d/f"));
        await A.ExchangeAsync(b);
        foreach (var side in new[] { A, b }) await side.Link.ScanAsync(CancellationToken.None).OrFail();
        await A.ExchangeAsync(b);
        Assert.Single(A.Volume.Reader.History(A.Require("d").Document));
    }

    [Theory]
    [InlineData("daemon", 4242u, "daemon")]
    [InlineData("nobody-here-has-this-name", 4242u, "4242")]
    [InlineData("", 4242u, "4242")]
    public async Task Owners_are_applied_by_name_then_by_number(string name, uint number, string expected)
    {
        if (Environment.UserName != "root") return;
        A.Settings = A.Settings with { ApplyOwners = true };
        await A.LinkAsync();
        await A.Volume.CommitAsync(edit => edit.Create(Model.Identifiers.EntryId.Root, EntryName.Create("d"), new RevisionState
        {
            Kind = DocumentKind.Folder,
            Mode = 0x1ED,
            Owner = new Owner(number, name),
            Group = new Owner(number, name),
        }));
        await A.IdleAsync();
        var numeric = expected == "4242" ? "4242" : Shell.Run("/", $"id -u {expected}").Trim();
        Assert.Equal($"{numeric} {numeric}", Shell.Run(A.Directory, "stat -c '%u %g' d").Trim());
        await A.Link.ScanAsync(CancellationToken.None).OrFail();
        Assert.Single(A.Volume.Reader.History(A.Require("d").Document));
    }

    private static string Time(Side side) => Shell.Run(side.Directory, "TZ=UTC stat -c %y d").Replace(" +0000", "", StringComparison.Ordinal).Trim();

    [Fact]
    public async Task Hard_links_are_one_document_and_hard_links_again()
    {
        var b = await LinkBothAsync();
        Shell.Run(A.Directory, "printf one > x; ln x y; mkdir d; ln x d/z");
        await A.ExchangeAsync(b);
        Assert.Equal(A.Require("x").Document, A.Require("d/z").Document);
        Assert.Equal("3", Shell.Run(b.Directory, "stat -c %h x").Trim());
        Shell.Run(b.Directory, "printf two > y");
        await A.ExchangeAsync(b);
        Assert.Equal(("two", "two", "two"), (A.Read("x"), A.Read("y"), A.Read("d/z")));
        Assert.Equal("3", Shell.Run(A.Directory, "stat -c %h x").Trim());
        Assert.Equal(2, A.Volume.Reader.History(A.Require("x").Document).Count);
    }

    [Fact]
    public async Task Replacing_one_of_several_names_leaves_the_others()
    {
        var b = await LinkBothAsync();
        Shell.Run(A.Directory, "printf one > x; ln x y");
        await A.ExchangeAsync(b);
        Shell.Run(A.Directory, "printf two > t; mv t y");
        await A.ExchangeAsync(b);
        Assert.Equal(("one", "two"), (b.Read("x"), b.Read("y")));
        Assert.NotEqual(A.Require("x").Document, A.Require("y").Document);
    }

    [Fact]
    public async Task A_file_becomes_a_folder_a_link_and_a_file_again()
    {
        var b = await LinkBothAsync();
        A.Write("f", "one");
        await A.ExchangeAsync(b);
        Shell.Run(A.Directory, "rm f; mkdir f; printf in > f/g");
        await A.ExchangeAsync(b);
        Assert.Equal("in", b.Read("f/g"));
        Shell.Run(A.Directory, "rm -r f; ln -s target f");
        await A.ExchangeAsync(b);
        Assert.Equal("target", new FileInfo(b.PathOf("f")).LinkTarget);
        Shell.Run(A.Directory, "rm f; printf two > f");
        await A.ExchangeAsync(b);
        Assert.Equal("two", b.Read("f"));
        Assert.Equal(DocumentKind.File, b.Require("f").Shown!.Value.Kind);
    }

    [Fact]
    public async Task Any_name_that_a_disk_can_hold_travels()
    {
        var b = await LinkBothAsync();
        byte[][] names =
        [
            "new\nline"u8.ToArray(), [0xFF, 0xFE, (byte)'x'], Encoding.ASCII.GetBytes(new string('n', 255)), "-rf"u8.ToArray(), " "u8.ToArray(), "\\x41"u8.ToArray(), "a\tb"u8.ToArray(), "..."u8.ToArray(),
        ];
        using var home = Native.Files.Libc.Open(Encoding.UTF8.GetBytes(A.Directory), Native.Files.OpenFlags.ReadOnly | Native.Files.OpenFlags.Folder);
        foreach (var name in names)
        {
            using var file = Native.Files.Libc.OpenBeneath(home, name, Native.Files.OpenFlags.WriteOnly | Native.Files.OpenFlags.Create, 0x1A4);
            Native.Files.Libc.Write(file, name, 0);
        }
        await A.ExchangeAsync(b);
        using var there = Native.Files.Libc.Open(Encoding.UTF8.GetBytes(b.Directory), Native.Files.OpenFlags.ReadOnly | Native.Files.OpenFlags.Folder);
        foreach (var name in names)
        {
            using var file = Native.Files.Libc.OpenBeneath(there, name, Native.Files.OpenFlags.ReadOnly);
            var bytes = new byte[300];
            Assert.Equal(name, bytes[..Native.Files.Libc.Read(file, bytes, 0)]);
        }
    }

    [Fact]
    public async Task A_thousand_folders_in_each_other_travel()
    {
        var b = await LinkBothAsync();
        var path = string.Join('/', Enumerable.Repeat("dir", 1000));
        Assert.Equal(3999, path.Length);
        Shell.Run(A.Directory, "for i in $(seq 1000); do mkdir dir; cd -P dir; done; printf deep > f");
        await A.ExchangeAsync(b);
        Assert.Equal("deep", Shell.Run(b.Directory, "for i in $(seq 1000); do cd -P dir; done; cat f"));
    }

    [Theory]
    [InlineData(SpaceMode.Keep)]
    [InlineData(SpaceMode.Lean)]
    public async Task A_sparse_file_costs_what_is_in_it(SpaceMode space)
    {
        var b = await InviteAsync();
        A.Settings = A.Settings with { Space = space };
        b.Settings = b.Settings with { Space = space };
        await A.LinkAsync();
        await b.LinkAsync();
        Shell.Run(A.Directory, "truncate -s 20G s; printf end | dd of=s bs=1 seek=10G conv=notrunc status=none");
        await A.ExchangeAsync(b);
        Assert.Equal(20L << 30, new FileInfo(b.PathOf("s")).Length);
        Assert.True(long.Parse(Shell.Run(b.Directory, "stat -c %b s")) < 8192, "blocks of the copy");
        Assert.Equal("end", Shell.Run(b.Directory, "dd if=s bs=1 skip=10G count=3 status=none"));
    }
}
