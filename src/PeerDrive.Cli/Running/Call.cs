using System.CommandLine;
using System.Text.Json;
using PeerDrive.Client;

namespace PeerDrive.Cli.Running;

/// <summary>One call of a command: what was typed, where to answer, and the way to the node. Disposing it closes the client.</summary>
internal sealed class Call(
    ParseResult typed, CommonOptions common, Terminal terminal, TimeProvider time, Func<string, string?> environment) : IDisposable
{
    /// <summary>How long a node may take for any one answer: long work runs as jobs.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly List<PeerDriveClient> clients = [];

    public Terminal Terminal => terminal;

    public TextWriter Output => terminal.Output;

    public TimeProvider Time => time;

    public DateTimeOffset Now => time.GetUtcNow();

    public bool IsJson => typed.GetValue(common.Json);

    /// <summary>The node's data directory, absolute.</summary>
    public string Home => Path.GetFullPath(typed.GetValue(common.Home) ?? Variable("PEERDRIVE_HOME") ?? DefaultHome());

    /// <summary>How long this call waits for an answer; a variable shortens it where a person is not there to wait.</summary>
    public TimeSpan Limit => int.TryParse(Variable("PEERDRIVE_TIMEOUT"), out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : AnswerLimit;

    /// <summary>An environment variable; null when it is missing or empty.</summary>
    public string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;

    public T Get<T>(Argument<T> argument) => typed.GetValue(argument)!;

    public T Get<T>(Option<T> option) => typed.GetValue(option)!;

    /// <summary>Whether an option was typed, with or without a value.</summary>
    public bool Has(Option option) => typed.GetResult(option) is { Implicit: false };

    /// <summary>Nobody named another home: it is this user's one node.</summary>
    public bool IsUsualHome => Home == DefaultHome();

    /// <summary>Where this user's node mounts unless told otherwise.</summary>
    public string UsualMount => Path.Combine(Variable("HOME") ?? "/", "PeerDrive");

    /// <summary>A client of the node of <see cref="Home"/>; this call disposes it.</summary>
    /// <param name="limit">How long an answer may take; null: <see cref="Limit"/>.</param>
    public PeerDriveClient Connect(TimeSpan? limit = null)
    {
        var client = new PeerDriveClient(NodeSocket.PathFor(Home), limit ?? Limit);
        clients.Add(client);
        return client;
    }

    /// <summary>Answers with a client record, exactly as the node gave it.</summary>
    public int Json<T>(T answer)
    {
        Output.WriteLine(JsonSerializer.Serialize(answer, PeerDriveClient.Json));
        return ExitCodes.Success;
    }

    /// <summary>Answers in JSON or in the words that <paramref name="tell"/> writes.</summary>
    public int Answer<T>(T answer, Action<T> tell)
    {
        if (IsJson) return Json(answer);
        tell(answer);
        return ExitCodes.Success;
    }

    /// <summary>Answers that it is done, when there is nothing else to tell.</summary>
    public int Done(string sentence) => Answer(new Done(true), _ => Output.WriteLine(sentence));

    public void Dispose()
    {
        foreach (var client in clients) client.Dispose();
    }

    private string DefaultHome() => Path.Combine(Variable("HOME") ?? "/", ".local", "share", "peerdrive");
}
