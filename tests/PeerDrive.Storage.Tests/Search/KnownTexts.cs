using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Search;

namespace PeerDrive.Storage.Tests.Search;

/// <summary>Tells of contents what a test told it, as something that looks into files in the background would.</summary>
internal sealed class KnownTexts : IDocumentTexts
{
    private readonly Lock gate = new();
    private readonly Dictionary<ChunkId, DocumentText> known = [];
    private readonly List<ChunkId> news = [];

    public event Action? Changed;

    public void Tell(Content content, DocumentText text)
    {
        lock (gate)
        {
            known[content.Root] = text;
            news.Add(content.Root);
        }
        Changed?.Invoke();
    }

    public DocumentText? Read(Content content, MediaClass media)
    {
        lock (gate) return known.GetValueOrDefault(content.Root);
    }

    public TextNews Since(long cursor, int limit)
    {
        lock (gate) return new TextNews(Math.Min(news.Count, cursor + limit), [.. news.Skip((int)cursor).Take(limit)]);
    }
}
