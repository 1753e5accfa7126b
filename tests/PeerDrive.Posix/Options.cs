namespace PeerDrive.Posix;

/// <summary>The command line: a command, a directory, and options that each have a value, but for those without.</summary>
internal sealed class Options
{
    private static readonly string[] Switches = ["large", "keep"];

    private readonly Dictionary<string, string> values = [];

    public Options(string[] arguments)
    {
        Command = arguments.ElementAtOrDefault(0) ?? throw new UsageException("What is to be done?");
        var directory = arguments.ElementAtOrDefault(1) ?? throw new UsageException("Which directory?");
        Directory = Path.GetFullPath(directory);
        if (Command == "hold") return;
        for (var i = 2; i < arguments.Length; i++)
        {
            var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : throw new UsageException($"{arguments[i]} is no option.");
            if (Switches.Contains(name)) values[name] = "";
            else values[name] = ++i < arguments.Length ? arguments[i] : throw new UsageException($"--{name} needs a value.");
        }
    }

    public string Command { get; }

    public string Directory { get; }

    public bool Has(string name) => values.ContainsKey(name);

    public string? Text(string name) => values.GetValueOrDefault(name);

    public string Text(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);

    public string Required(string name) => Text(name) ?? throw new UsageException($"--{name} is needed.");

    public long Number(string name, long otherwise) =>
        Text(name) is not { } text ? otherwise : long.TryParse(text, out var number) && number >= 0 ? number : throw new UsageException($"--{name} {text} is no number.");
}
