using System.Diagnostics;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Somebody who is not root, in a mount namespace where the kernel's device is open to everybody, as distributions have it.</summary>
[Trait("speed", "slow")]
public sealed class UnprivilegedTests
{
    /// <summary>Called nobody.</summary>
    private const int User = 65534;

    [Fact]
    public void Without_root_a_mount_is_made_used_killed_and_made_again()
    {
        if (!File.Exists("/dev/fuse") || Environment.UserName != "root")
        {
            Console.WriteLine("skipped: needs /dev/fuse, and root to become somebody else");
            return;
        }
        var root = Directory.CreateTempSubdirectory("peerdrive-user-").FullName;
        try
        {
            var output = Run(root, """
                mknod -m 666 "$T/fuse" c 10 229
                mount --bind "$T/fuse" /dev/fuse
                cp -r "$CLI" "$T/cli"
                cp -r "$POSIX" "$T/posix"
                mkdir "$T/home" "$T/mount"
                chown -R $U:$U "$T/home" "$T/mount"
                chmod 755 "$T"
                as() { setpriv --reuid=$U --regid=$U --clear-groups env HOME="$T/home" PEERDRIVE_ANNOUNCE=off PEERDRIVE_LISTEN=127.0.0.1 "$@"; }
                up() {
                    setpriv --reuid=$U --regid=$U --clear-groups env HOME="$T/home" PEERDRIVE_ANNOUNCE=off PEERDRIVE_LISTEN=127.0.0.1 \
                        "$T/cli/peerdrive" up --home "$T/home/pd" --mount "$T/mount" > "$T/log" 2>&1 &
                    node=$!
                    until grep -q '^Mounted' "$T/log"; do kill -0 $node || { cat "$T/log"; exit 1; }; sleep 0.1; done
                }
                up
                as "$T/cli/peerdrive" volume create Files --home "$T/home/pd" > "$T/out"
                as sh -c 'echo kept > "$0/Files/a"; sync "$0/Files/a"; stat -c "owner %u" "$0/Files/a"' "$T/mount"
                # Root itself is nobody here.
                ls "$T/mount" 2> "$T/out" && echo "root looks in"
                as dotnet "$T/posix/PeerDrive.Posix.dll" conformance "$T/mount/Files" || true
                as dotnet "$T/posix/PeerDrive.Posix.dll" exercise "$T/mount/Files" --seed 5 --operations 20000
                as dotnet "$T/posix/PeerDrive.Posix.dll" tree "$T/mount/Files" --seed 5 --operations 5000
                kill -9 $node
                wait $node || true
                up
                as cat "$T/mount/Files/a"
                as "$T/cli/peerdrive" unmount --home "$T/home/pd"
                grep -q "$T/mount" /proc/self/mounts && echo "still mounted"
                as "$T/cli/peerdrive" mount "$T/mount" --home "$T/home/pd"
                as cat "$T/mount/Files/a"
                as "$T/cli/peerdrive" down --home "$T/home/pd"
                wait $node
                echo ended
                """);
            Assert.Contains($"owner {User}\n", output, StringComparison.Ordinal);
            Assert.DoesNotContain("root looks in", output, StringComparison.Ordinal);
            Assert.DoesNotContain("still mounted", output, StringComparison.Ordinal);
            Assert.Equal(2, output.Split('\n').Count(line => line == "kept"));
            Assert.Contains("20000 operations, 0 mismatches", output, StringComparison.Ordinal);
            Assert.Contains("5000 operations, 0 mismatches", output, StringComparison.Ordinal);
            Assert.EndsWith("ended\n", output, StringComparison.Ordinal);
            Assert.Equal("", string.Join('\n', PosixTests.Failures(output).Where(line => !PosixTests.KnownDifferences().Contains(PosixTests.NameOf(line)))));
            Assert.Contains(" passed, ", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string Run(string root, string script)
    {
        // With the script ends all that it mounted, and whatever it started.
        var start = new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc", "/bin/bash", "-euo", "pipefail", "-c", script])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = root,
        };
        start.Environment["T"] = root;
        start.Environment["U"] = $"{User}";
        start.Environment["CLI"] = Path.Combine(RunningNode.Repository, ".build", "cli");
        start.Environment["POSIX"] = AppContext.BaseDirectory;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) Assert.Fail($"ended with {process.ExitCode}:\n{output}\n{errors.Result}\n{File.ReadAllText(Path.Combine(root, "log"))}");
        return output;
    }
}
