using System.Text;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Tests.Running;

/// <summary>Runs command lines in this process and keeps what they write.</summary>
internal sealed class TestShell
{
    private readonly Dictionary<string, string> environment = [];

    public StringWriter Output { get; } = new() { NewLine = "\n" };

    public StringWriter Error { get; } = new() { NewLine = "\n" };

    public MemoryStream Bytes { get; } = new();

    public string Text => Output.ToString();

    public string Complaint => Error.ToString();

    public TestShell With(string variable, string value)
    {
        environment[variable] = value;
        return this;
    }

    public Task<int> RunAsync(params string[] arguments)
    {
        var terminal = new Terminal(Output, Error, () => Bytes, ShowsOutput: false, ShowsError: false, CanAsk: false);
        return new Shell(terminal, TimeProvider.System, environment.GetValueOrDefault).RunAsync(arguments, CancellationToken.None);
    }

    public string WrittenBytes() => Encoding.UTF8.GetString(Bytes.ToArray());
}
