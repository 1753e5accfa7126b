using System.CommandLine;
using System.CommandLine.Help;
using PeerDrive.Cli.Commands;
using PeerDrive.Client;

namespace PeerDrive.Cli.Running;

/// <summary>
/// Runs a command line: parses it, runs its command, and turns whatever goes wrong into one sentence on the error output and an exit
/// code.
/// </summary>
/// <param name="environment">Environment variables by name.</param>
internal sealed class Shell(Terminal terminal, TimeProvider time, Func<string, string?> environment)
{
    private readonly CommonOptions common = new();
    private readonly Dictionary<Command, string[]> examples = [];

    /// <summary>A command with its action, the common options, and examples for its help.</summary>
    public Command Define(string name, string description, Func<Call, CancellationToken, Task<int>> action, params string[] shown)
    {
        var command = new Command(name, description);
        command.SetAction((typed, cancellation) => GuardAsync(typed, action, cancellation));
        examples[command] = shown;
        return command;
    }

    /// <summary>A command that only holds other commands.</summary>
    public Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands) group.Add(command);
        examples[group] = [.. commands.SelectMany(command => examples[command]).Take(4)];
        return group;
    }

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var root = CommandSet.Build(this, common);
        examples[root] = CommandSet.Examples;
        ShowExamplesInHelp(root);
        try
        {
            // A path may begin with @: no response files.
            var typed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (typed.Errors.Count > 0 && !typed.GetValue<bool>("--help")) return Refuse(typed);
            return await typed.InvokeAsync(Invocation(), cancellation).ConfigureAwait(false);
        }
        finally
        {
            await terminal.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private InvocationConfiguration Invocation() => new()
    {
        Output = terminal.Output,
        Error = terminal.Error,
        EnableDefaultExceptionHandler = false,

        // A node that is told to stop first brings what it holds to the disk.
        ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
    };

    private int Refuse(ParseResult typed)
    {
        var command = typed.CommandResult.Command;
        var word = typed.UnmatchedTokens.Count > 0 ? typed.UnmatchedTokens[0] : null;
        var near = word is null ? null : Suggestion.For(word, Words(command, word.StartsWith('-')));
        var name = string.Join(' ', CommandSet.PathOf(command));
        if (word is not null && (command.Subcommands.Count > 0 || word.StartsWith('-')))
            return Fail(near is null ? $"there is no \"{word}\" here; see: {name} --help" : $"there is no \"{word}\"; did you mean \"{near}\"?", ExitCodes.Usage);
        return Fail($"{typed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd('.')}; see: {name} --help", ExitCodes.Usage);
    }

    private List<string> Words(Command command, bool options) => options
        ? [.. command.Options.SelectMany(option => option.Aliases.Prepend(option.Name)), common.Home.Name, common.Json.Name, "--help"]
        : [.. command.Subcommands.Select(each => each.Name)];

    private async Task<int> GuardAsync(ParseResult typed, Func<Call, CancellationToken, Task<int>> action, CancellationToken cancellation)
    {
        using var call = new Call(typed, common, terminal, time, environment);
        try
        {
            return await action(call, cancellation).ConfigureAwait(false);
        }
        catch (PeerDriveProblemException e)
        {
            return Fail(e.Problem.Detail, e.Problem.Code);
        }
        catch (UsageException e)
        {
            return Fail(e.Message, ExitCodes.Usage);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(e.Message, ExitCodes.Io);
        }
    }

    private int Fail(string sentence, int code)
    {
        terminal.Output.Flush();
        terminal.Error.WriteLine($"peerdrive: {sentence}");
        return code == ExitCodes.Success ? ExitCodes.Internal : code;
    }

    private void ShowExamplesInHelp(RootCommand root)
    {
        if (root.Options.OfType<HelpOption>().FirstOrDefault() is { Action: HelpAction inner } help)
            help.Action = new HelpWithExamples(inner, examples);
    }
}
