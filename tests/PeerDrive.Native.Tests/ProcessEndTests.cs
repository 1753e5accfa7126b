using System.Diagnostics;

namespace PeerDrive.Native.Tests;

/// <summary>Who crashes, and who does not.</summary>
public sealed class ProcessEndTests
{
    [Theory]
    [InlineData("kill -KILL $$", true)]
    [InlineData("ulimit -c 0; kill -SEGV $$", true)]
    [InlineData("kill -TERM $$", false)]
    [InlineData("exit 9", false)]
    public void A_process_that_nobody_has_waited_for_says_how_it_ended(string script, bool isCrash)
    {
        // The outer shell becomes a program that does not wait for its child, so that the child stays a zombie.
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", $"bash -c 'echo $$; {script}' & exec sleep 60" }) start.ArgumentList.Add(argument);
        using var parent = Process.Start(start)!;
        try
        {
            var child = uint.Parse(parent.StandardOutput.ReadLine()!);
            Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal), TimeSpan.FromSeconds(60)));
            Assert.Equal(isCrash, ProcessEnd.IsCrash(child));
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public void Who_lives_or_is_gone_has_not_crashed() => Assert.All([0u, (uint)Environment.ProcessId, uint.MaxValue], process => Assert.False(ProcessEnd.IsCrash(process)));
}
