using System.Diagnostics;

namespace PeerDrive.EndToEnd;

/// <summary>Directories of a test: made, filled, compared and removed.</summary>
internal sealed class Directories : IDisposable
{
    public Directories()
    {
        Root = Directory.CreateTempSubdirectory("peerdrive-e2e-").FullName;
    }

    public string Root { get; }

    /// <summary>A path that does not exist yet.</summary>
    public string Path(string name) => System.IO.Path.Combine(Root, name);

    /// <summary>An empty directory.</summary>
    public string New(string name) => Directory.CreateDirectory(Path(name)).FullName;

    /// <summary>A tree with text, binary, links, odd names, modes and times.</summary>
    public static void Fill(string root, int files, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < files; i++)
        {
            var folder = Directory.CreateDirectory(System.IO.Path.Combine(root, $"area {i % 7}", $"part-{i / 40}")).FullName;
            var path = System.IO.Path.Combine(folder, $"f{i}{(i % 3 == 0 ? ".txt" : ".bin")}");
            var bytes = new byte[(int)(1024 * Math.Pow(16, random.NextDouble()))];
            random.NextBytes(bytes);
            if (i % 3 == 0) bytes = [.. bytes.Select(b => (byte)(' ' + b % 64))];
            File.WriteAllBytes(path, bytes);
            File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1).AddSeconds(i).AddTicks(i));
            if (i % 11 == 0) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        Directory.CreateDirectory(System.IO.Path.Combine(root, "empty"));
        File.CreateSymbolicLink(System.IO.Path.Combine(root, "link"), "area 0/part-0/f0.txt");
        File.WriteAllText(System.IO.Path.Combine(root, "new\nline"), "x");
        File.WriteAllText(System.IO.Path.Combine(root, "-dash"), "");
    }

    /// <summary>
    /// What a checksumming copy would change to make the second like the first; empty when they are equal. The time of the top
    /// directory does not count, as it belongs to no folder of the volume.
    /// </summary>
    /// <param name="withFolderTimes">A folder's time is set when it arrives; later changes inside move it on each side by itself.</param>
    public static string Differences(string first, string second, bool withFolderTimes = false)
    {
        var copied = Run("rsync", "-ani", "--checksum", "--delete", "--exclude=.pd~*", first + "/", second + "/").Split('\n')
            .Where(line => line.Length > 0 && line != ".d..t...... ./" && (withFolderTimes || !line.StartsWith(".d..t...... ", StringComparison.Ordinal)));
        return string.Join('\n', copied) + Run("diff", "-r", "--no-dereference", "--exclude=.pd~*", first, second);
    }

    /// <summary>Output of a program, its errors included.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RunningNode.Repository };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
