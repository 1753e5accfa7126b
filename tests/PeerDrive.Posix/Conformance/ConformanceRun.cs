using System.Diagnostics;
using System.Text.Json;

namespace PeerDrive.Posix.Conformance;

/// <summary>Runs the tests one after another in directories made for them, and says what they came to.</summary>
internal sealed class ConformanceRun(string directory, string filter, string? json)
{
    private static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<TestResult> results = [];

    /// <returns>The exit code: 0 when nothing failed.</returns>
    public int Run()
    {
        UMask(0);
        var top = (int)FileCalls.Open("/", O_RDONLY | O_DIRECTORY);
        Environment.CurrentDirectory = directory;
        var place = $"posix-{Environment.ProcessId}";
        if (MkDir(place) is < 0 and var error) throw new IOException($"Cannot make a directory in {directory}: {Outcome.Describe(error)}");
        if (ChDir(place) < 0) throw new IOException($"Cannot enter {place}.");
        var home = (int)FileCalls.Open(".", O_RDONLY | O_DIRECTORY);
        foreach (var (number, test) in TestCase.All().Where(test => test.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).Index()) RunOne(test, home, $"{number}");
        FChDir(home);
        ChDir("..");
        Close(home);
        try
        {
            Listing.Remove(AT_FDCWD, place);
        }
        catch (CheckFailedException e)
        {
            results.Add(new TestResult("removing everything", "failed", e.Message, 0));
            Console.WriteLine($"failed: removing everything: {e.Message}");
        }
        FChDir(top);
        Close(top);
        if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(results, Indented));
        return Summarise();
    }

    private void RunOne(TestCase test, int home, string place)
    {
        var clock = Stopwatch.StartNew();
        var (outcome, message) = ("passed", "");
        using var watchdog = new Timer(_ => GiveUp(test), null, LongestTest, Timeout.InfiniteTimeSpan);
        try
        {
            if (test.NeedsRoot && EffectiveUser() != 0) throw new SkippedException("needs root");
            FChDir(home);
            if (MkDir(place) is < 0 and var made) throw new CheckFailedException($"mkdir for the test: {Outcome.Describe(made)}");
            ChDir(place);
            test.Run();
        }
        catch (SkippedException e)
        {
            (outcome, message) = ("skipped", e.Message);
        }
        catch (CheckFailedException e)
        {
            (outcome, message) = ("failed", e.Message);
        }
        catch (Exception e)
        {
            (outcome, message) = ("failed", $"{e}");
        }
        UMask(0);
        FChDir(home);
        try
        {
            Listing.Remove(home, place);
        }
        catch (CheckFailedException e) when (outcome == "passed")
        {
            (outcome, message) = ("failed", $"removing the test's directory: {e.Message}");
        }
        catch (CheckFailedException e)
        {
            message += $"; removing the test's directory: {e.Message}";
        }
        results.Add(new TestResult(test.Name, outcome, message, clock.Elapsed.TotalMilliseconds));
        if (outcome != "passed") Console.WriteLine($"{outcome}: {test.Name}: {message}");
    }

    private int Summarise()
    {
        var skipped = results.Count(result => result.Outcome == "skipped");
        var failed = results.Count(result => result.Outcome == "failed");
        var slowest = results.MaxBy(result => result.Milliseconds);
        if (slowest is not null) Console.Error.WriteLine($"{results.Sum(result => result.Milliseconds) / 1000:f1} s; the slowest: {slowest.Name}, {slowest.Milliseconds:f0} ms");
        Console.WriteLine($"{results.Count - skipped - failed} passed, {failed} failed" + (skipped > 0 ? $", {skipped} skipped" : ""));
        return failed == 0 && results.Count > 0 ? 0 : 1;
    }

    /// <summary>A call that never returns cannot be interrupted from here; that it hangs is all that can be said.</summary>
    private static void GiveUp(TestCase test)
    {
        Console.WriteLine($"failed: {test.Name}: still running after {LongestTest.TotalSeconds} s");
        Console.WriteLine("0 passed, 1 failed");
        Console.Out.Flush();
        Environment.Exit(3);
    }
}
