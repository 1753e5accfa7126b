namespace PeerDrive.Client.Contracts;

/// <summary>A change of annotations of files and folders; all of it is one commit, or none of it is done.</summary>
public sealed record AnnotateRequest(IReadOnlyList<string> Paths)
{
    /// <summary>Fields and their new values.</summary>
    public IReadOnlyList<FieldEdit> Set { get; init; } = [];

    /// <summary>Texts to be added to sets, with commas between them.</summary>
    public IReadOnlyList<FieldEdit> Add { get; init; } = [];

    /// <summary>Texts to be removed from sets.</summary>
    public IReadOnlyList<FieldEdit> Remove { get; init; } = [];

    /// <summary>Fields to be taken away.</summary>
    public IReadOnlyList<string> Unset { get; init; } = [];
}
