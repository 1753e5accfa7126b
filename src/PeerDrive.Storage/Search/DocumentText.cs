using System.Collections.Immutable;

namespace PeerDrive.Storage.Search;

/// <summary>What was read out of a content.</summary>
/// <param name="MediaType">Empty when it is not known.</param>
/// <param name="Text">Words to look for; empty when there are none.</param>
public sealed record DocumentText(string MediaType, ImmutableArray<DocumentField> Fields, string Text)
{
    /// <summary>The content was looked at, and there is nothing in it.</summary>
    public static DocumentText Nothing { get; } = new("", [], "");
}
