using System.CommandLine;
using PeerDrive.Cli.Arguments;
using PeerDrive.Cli.Rendering;
using PeerDrive.Cli.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Commands;

/// <summary>Tells and changes which old versions this device keeps.</summary>
internal static class RetentionCommand
{
    private static readonly Argument<string> Volume = new("VOLUME") { Description = "A volume's name or id" };
    private static readonly Option<bool> KeepAll = new("--keep-all") { Description = "Keep every version; what other options say is added to that" };

    /// <summary>Parts of the rule, in the order in which the node tells them. Each has the option of its name.</summary>
    private static readonly (string Word, Option<string?> Option)[] Parts =
    [
        ("all", Part("all", "30d", "Keep every version that came within this time, or none to leave time out of it")),
        ("daily", Part("daily", "14", "Then the last version of each of so many days, all, or none")),
        ("weekly", Part("weekly", "8", "And of each of so many weeks")),
        ("monthly", Part("monthly", "12", "And of each of so many months")),
        ("yearly", Part("yearly", "all", "And of each of so many years")),
        ("versions", Part("versions", "100", "Keep so many versions of a file at most")),
        ("size", Part("size", "10GB", "Keep so much history at most, the newest")),
        ("trash", Part("trash", "90d", "Keep what was deleted this long")),
        ("hold", Part("hold", "30d", "What was current within this time goes for no reason; none lets it")),
    ];

    public static Command Create(Shell shell)
    {
        var command = shell.Define(
            "retention", "Tell or change which old versions are kept on this device", RunAsync,
            "peerdrive retention Pictures", "peerdrive retention Pictures --all 30d --daily 14 --monthly 12 --yearly all", "peerdrive retention Pictures --versions 50 --trash 90d", "peerdrive retention Pictures --keep-all");
        command.Add(Volume);
        command.Add(KeepAll);
        foreach (var (_, option) in Parts) command.Add(option);
        return command;
    }

    private static Option<string?> Part(string word, string example, string description) => new("--" + word) { Description = description, HelpName = example };

    private static async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var client = call.Connect();
        var now = await client.RetentionAsync(call.Get(Volume), cancellation).ConfigureAwait(false);
        if (call.Get(KeepAll) || Parts.Any(part => call.Get(part.Option) is not null))
            now = await client.SetRetentionAsync(call.Get(Volume), new RetentionRequest(Rule(call, now.Rule)), cancellation).ConfigureAwait(false);
        return call.Answer(now, _ =>
        {
            call.Output.WriteLine(now.IsKeepAll ? "Every version is kept on this device." : $"Kept on this device: {now.Rule}");
            if (now.ThinnedContents > 0) call.Output.WriteLine($"{JobText.Count(now.ThinnedContents)} contents of old versions ({ByteSize.Show(now.ThinnedBytes)}) were let go; a device that kept them sends them when they are read.");
            if (now.PinnedVersions > 0) call.Output.WriteLine($"{JobText.Count(now.PinnedVersions)} versions are pinned.");
        });
    }

    /// <summary>The present rule with what was typed.</summary>
    private static string Rule(Call call, string present)
    {
        var words = present.Split(' ');
        var parts = new Dictionary<string, string>();
        if (!call.Get(KeepAll))
        {
            for (var i = 0; i + 1 < words.Length; i += 2) parts[words[i]] = words[i + 1];
        }
        foreach (var (word, option) in Parts)
        {
            if (call.Get(option) is not { } value) continue;
            // Of the hold, none is a value: leaving it out is the usual one.
            if (value == "none" && word != "hold") parts.Remove(word);
            else parts[word] = value;
        }
        var rule = string.Join(' ', Parts.Where(part => parts.ContainsKey(part.Word)).Select(part => $"{part.Word} {parts[part.Word]}"));
        return rule.Length == 0 ? "keep-all" : rule;
    }
}
