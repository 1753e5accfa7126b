using System.Text.Json;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>Fields of a file in words.</summary>
internal static class FieldsText
{
    /// <summary>More of a value than this is of no use in a line.</summary>
    private const int MaxShown = 200;

    public static void Write(TextWriter output, FieldsStatus file, bool withPath)
    {
        if (withPath) output.WriteLine($"{file.Path}:");
        var table = new TextTable("FIELD", "TYPE", "FROM", "VALUE");
        foreach (var field in file.Fields) table.Add(OneLine(field.Name), field.Type, field.Source == "content" ? "content" : "set", OneLine(field.Text));
        table.WriteTo(output, withPath ? "  " : "");
        var state = file.Extraction switch
        {
            "waiting" => "Its content was not read for fields yet.",
            "failed" => $"Its content could not be read for fields: {file.Problem}",
            "not here" => "Its content is not on this device, so there are no fields of it.",
            _ => table.IsEmpty ? "It has no fields." : null,
        };
        if (state is not null) output.WriteLine(state);
    }

    /// <summary>The texts of a set; none when there is no field.</summary>
    public static IEnumerable<string> Texts(FieldStatus? field) =>
        field is { Value.ValueKind: JsonValueKind.Array } ? field.Value.EnumerateArray().Select(text => text.ToString()) : field is null ? [] : [field.Text];

    /// <summary>Without what would end a line or steer a terminal.</summary>
    public static string OneLine(string text)
    {
        var shown = string.Concat(text.Take(MaxShown).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length > MaxShown ? shown + "…" : shown;
    }
}
