using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Operations by the thousand, with commits running all the while, against a plain model of what a file system is.</summary>
public sealed class ManyThreadsTests : DriveFixture
{
    internal override DriveSettings Settings => new() { Settle = TimeSpan.FromMilliseconds(2), Quiet = TimeSpan.FromMilliseconds(1), EphemeralSettle = TimeSpan.FromMilliseconds(3) };

    [Fact]
    public async Task Threads_that_work_in_one_folder_each_find_what_they_did()
    {
        const int threads = 6, rounds = 150;
        var root = A.Look("").Node;
        var results = new Dictionary<string, string>[threads];
        var running = Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(() => results[thread] = Work(thread), TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(running).OrFail();
        await CompareAsync(results.SelectMany(result => result).ToDictionary());

        Dictionary<string, string> Work(int thread)
        {
            var random = new Random(thread);
            var model = new Dictionary<string, string>();
            for (var i = 0; i < rounds; i++)
            {
                var (name, other) = ($"{thread}-{random.Next(6)}", $"{thread}-{random.Next(6)}{(random.Next(3) == 0 ? ".tmp" : "")}");
                switch (random.Next(5))
                {
                    case 0 or 1:
                        var file = A.Drive.Create(root, Device.Me, Encoding.UTF8.GetBytes(name), 0x1A4, FileAccess.ReadWrite, isExclusive: false).Required();
                        Assert.Null(A.Drive.SetAttributes(file.View.Node, Device.Me, new AttributeChanges(Size: 0)));
                        file.Put(model[name] = $"{thread} {i}");
                        file.Release();
                        break;
                    case 2:
                        Assert.Equal(model.Remove(name) ? null : ErrorKind.NotFound, A.Drive.Unlink(root, Encoding.UTF8.GetBytes(name)));
                        break;
                    case 3:
                        Assert.Equal(model.ContainsKey(name) ? null : ErrorKind.NotFound, A.Drive.Rename(root, Encoding.UTF8.GetBytes(name), root, Encoding.UTF8.GetBytes(other), RenameKind.Replace));
                        if (model.Remove(name, out var moved)) model[other] = moved;
                        break;
                    default:
                        var found = A.Drive.LookUp(root, Encoding.UTF8.GetBytes(name));
                        Assert.Equal(model.ContainsKey(name), found.Error is null);
                        if (found.Error is not null) break;
                        var open = A.Drive.Open(found.Value.Node, Device.Me, FileAccess.Read, false).Required();
                        Assert.Equal(model[name], open.Text());
                        open.Release();
                        A.Drive.Forget(found.Value.Node, 1);
                        break;
                }
            }
            return model;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Operations_at_random_leave_the_tree_that_a_model_has(int seed)
    {
        var random = new Random(seed);
        var model = new TreeModel();
        for (var i = 0; i < 600; i++)
        {
            var step = $"seed {seed}, step {i}";
            var (path, other) = (TreeModel.AnyPath(random), TreeModel.AnyPath(random));
            switch (random.Next(12))
            {
                case 0 or 1:
                    Same(step, model.MakeFolder(path), () => A.Make(path, new NewNode(DocumentKind.Folder, 0x1ED)).Error);
                    break;
                case 2 or 3 or 4:
                    if (model.Write(path, step) is null) A.Write(path, step);
                    break;
                case 5:
                    Same(step, model.Remove(path, isFolder: false), () => A.Remove(path));
                    break;
                case 6:
                    Same(step, model.Remove(path, isFolder: true), () => A.RemoveFolder(path));
                    break;
                case 7 or 8:
                    Same($"{step}: {path} to {other}", model.Rename(path, other), () => A.Rename(path, other));
                    break;
                case 9:
                    Same($"{step}: {path} for {other}", model.Exchange(path, other), () => A.Rename(path, other, RenameKind.Exchange));
                    break;
                case 10:
                    Same(step, model.Link(path, other), () => A.Link(path, other));
                    break;
                default:
                    if (random.Next(3) == 0) await A.FlushAsync();
                    if (random.Next(3) == 0) A.Forget();
                    break;
            }
            if (random.Next(40) != 0) continue;
            Assert.Equal(model.Lines(), Lines(""));
        }
        await CompareAsync(model.Files());
        Assert.Equal(model.Lines(), Lines(""));
    }

    private static void Same(string step, ErrorKind? expected, Func<ErrorKind?> operation)
    {
        ErrorKind? got;
        try
        {
            got = operation();
        }
        catch (PeerDriveException e)
        {
            // The way there is none.
            got = e.Kind;
        }
        Assert.Equal((step, expected), (step, got));
    }

    private async Task CompareAsync(Dictionary<string, string> files)
    {
        foreach (var (path, text) in files) Assert.Equal((path, text), (path, A.Read(path)));
        A.Forget();
        await A.FlushAsync();
        Assert.Null(A.Drive.States.Single().Problem);
        foreach (var (path, text) in files) Assert.Equal((path, text), (path, A.CommittedText(path)));
        Assert.Empty(A.Volume.Reader.Conflicts());
        await A.ReopenAsync();
        foreach (var (path, text) in files) Assert.Equal((path, text), (path, A.Read(path)));
        Assert.Equal(0, A.Tree.Pending);
        Assert.Empty(Directory.GetFiles(Path.Combine(A.Volume.Folder, "staging")));
    }

    private List<string> Lines(string path)
    {
        var lines = new List<string>();
        foreach (var name in A.List(path))
        {
            var inner = path.Length == 0 ? name : $"{path}/{name}";
            var attributes = A.Look(inner).Attributes;
            var isFolder = attributes.Kind == Native.Files.FileKind.Folder;
            lines.Add($"{inner} {attributes.Links} {(isFolder ? "" : A.Read(inner))}");
            if (isFolder) lines.AddRange(Lines(inner));
        }
        return lines;
    }
}
