namespace PeerDrive.Client.Contracts;

/// <summary>Why a request failed, as RFC 9457 has it: a stable kind, and a sentence.</summary>
/// <param name="Kind">A name that stays; <c>docs/glossary.md</c> has them.</param>
/// <param name="Code">The exit code of a command that fails so.</param>
/// <param name="Detail">What is wrong, and what to do.</param>
public sealed record Problem(string Kind, int Code, string Detail)
{
    public string Type => $"urn:peerdrive:problem:{Kind}";

    public string Title => Kind;

    /// <summary>Of the answer over HTTP; 0: there was none.</summary>
    public int Status { get; init; }
}
