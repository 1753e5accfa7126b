namespace PeerDrive.Node.Api.Descriptions;

/// <summary>Parameters that several routes have, and what the parts of a path are.</summary>
internal static class ApiParameters
{
    public static readonly ApiParameter
        Path = new("path", "Where it is in the volume, beginning with a slash, or its address: pd:…"),
        Revision = new("revision", "A version, by its id or the beginning of that; without it, the one that is shown."),
        At = new("at", "A moment in the past: a time, a day, or the id of a version or change."),
        From = new("from", "The earlier moment: a time, a day, or the id of a version or change."),
        To = new("to", "The later moment; without it, now."),
        Recursive = new("recursive", "Also what is in its folders.", "boolean"),
        Inline = new("inline", "A browser is to show it, if it is of a kind that is safe to show.", "boolean"),
        Limit = new("limit", "How many at most.", "integer"),
        Cursor = new("cursor", "Where the answer before ended, as it said."),
        Volumes = new("volume", "Only in this volume; without it, in all.") { IsMany = true };

    /// <summary>What a part of a route's path is.</summary>
    public static readonly IReadOnlyDictionary<string, string> PathParts = new Dictionary<string, string>
    {
        ["volume"] = "A volume: its id, the beginning of that, or its name.",
        ["revision"] = "A version: its id, or the beginning of that.",
        ["person"] = "A member: its id, the beginning of that, or a name that only one member has.",
        ["job"] = "A job: its id, or the beginning of that.",
        ["rule"] = "A rule: its id, or the beginning of that.",
        ["upload"] = "An upload, by its id.",
        ["action"] = "What is to be done with it.",
    };
}
