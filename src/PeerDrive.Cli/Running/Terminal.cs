using System.Text;

namespace PeerDrive.Cli.Running;

/// <summary>Where a command writes and asks. What is not a terminal gets plain lines and is never asked anything.</summary>
/// <param name="Output">For what was asked for.</param>
/// <param name="Error">For errors, questions and progress.</param>
/// <param name="Bytes">Opens the output for a file's bytes.</param>
/// <param name="ShowsOutput">A person sees the output.</param>
/// <param name="ShowsError">A person sees the error output.</param>
/// <param name="CanAsk">A person can answer.</param>
internal sealed record Terminal(
    TextWriter Output, TextWriter Error, Func<Stream> Bytes, bool ShowsOutput, bool ShowsError, bool CanAsk)
{
    public static Terminal OfThisProcess()
    {
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 16 * 1024) { AutoFlush = false };
        var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false), 256) { AutoFlush = true };
        return new Terminal(
            output, error, Console.OpenStandardOutput, !Console.IsOutputRedirected, !Console.IsErrorRedirected, !Console.IsInputRedirected);
    }
}
