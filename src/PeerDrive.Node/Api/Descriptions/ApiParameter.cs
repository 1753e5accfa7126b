namespace PeerDrive.Node.Api.Descriptions;

/// <summary>A value that stands in the address of a request.</summary>
/// <param name="Type">A type of JSON Schema: string, integer or boolean.</param>
internal sealed record ApiParameter(string Name, string Meaning, string Type = "string")
{
    public bool IsRequired { get; init; }

    /// <summary>It may be there several times.</summary>
    public bool IsMany { get; init; }

    public ApiParameter Required => this with { IsRequired = true };
}
