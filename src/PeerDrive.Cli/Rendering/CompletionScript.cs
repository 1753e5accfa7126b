using System.CommandLine;

namespace PeerDrive.Cli.Rendering;

/// <summary>Completion of commands and options for the common shells, as scripts that never run the program.</summary>
internal static class CompletionScript
{
    public static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static string For(string shell, Command root) => shell switch
    {
        "bash" => Bash(root),
        "zsh" => "#compdef peerdrive\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(root),
        _ => Fish(root),
    };

    private static string Bash(Command root)
    {
        var cases = Walk(root, "").Select(each => $"        \"{each.Path}\") words=\"{string.Join(' ', Words(root, each.Command))}\" ;;");
        return $$"""
            _peerdrive() {
                local word path="" words
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case " ${path:+$path }$word" in
                        {{string.Join('|', Walk(root, "").Where(each => each.Path.Length > 0).Select(each => $"\" {each.Path}\""))}}) path="${path:+$path }$word" ;;
                    esac
                done
                case "$path" in
            {{string.Join('\n', cases)}}
                esac
                COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _peerdrive peerdrive

            """;
    }

    private static string Fish(Command root)
    {
        var lines = new List<string>();
        foreach (var (path, command) in Walk(root, ""))
        {
            var condition = path.Length == 0
                ? "__fish_use_subcommand"
                : string.Join("; and ", path.Split(' ').Select(word => $"__fish_seen_subcommand_from {word}"));
            lines.AddRange(command.Subcommands.Select(child => $"complete -c peerdrive -n '{condition}' -a {child.Name} -d '{Quoted(child.Description)}'"));
            lines.AddRange(command.Options.Where(option => option.Name.StartsWith("--", StringComparison.Ordinal)).Select(option =>
                $"complete -c peerdrive{(path.Length == 0 ? "" : $" -n '{condition}'")} -l {option.Name[2..]} -d '{Quoted(option.Description)}'"));
        }
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path)
    {
        yield return (path, command);
        foreach (var child in command.Subcommands)
        {
            foreach (var each in Walk(child, path.Length == 0 ? child.Name : $"{path} {child.Name}")) yield return each;
        }
    }

    private static IEnumerable<string> Words(Command root, Command command) =>
        command.Subcommands.Select(child => child.Name)
            .Concat(command.Options.Concat(root.Options.Where(option => option.Recursive)).Select(option => option.Name))
            .Append("--help").Distinct();

    private static string Quoted(string? text) => (text ?? "").Replace("'", "\\'", StringComparison.Ordinal);
}
