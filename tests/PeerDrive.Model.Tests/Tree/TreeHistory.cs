using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;

namespace PeerDrive.Model.Tests.Tree;

/// <summary>A random history of the reference evaluation with the tree it makes (Fixtures/tree-histories.jsonl.gz).</summary>
internal sealed record TreeHistory(int Seed, ImmutableArray<TreeChangeset> Changesets, IReadOnlyDictionary<EntryId, TreeHistory.Expected> Tree)
{
    internal sealed record Expected(EntryId Parent, EntryName Name, DocumentId Document, bool IsFolder, bool IsLive, int Rank);

    public static IReadOnlyList<TreeHistory> All { get; } = [.. Load()];

    public static AuthorId Author(int number) => new(new Bits128(0, (ulong)number));

    public static ChangesetHash Hash(int author, ulong sequence) => new(new Bits256((ulong)author, sequence, 0, 0));

    public static EntryId Entry(int number) => new(new Bits128(0, (ulong)number));

    private static DocumentId Document(int number) => new(new Bits128(0, (ulong)number));

    private static IEnumerable<TreeHistory> Load()
    {
        using var file = typeof(TreeHistory).Assembly.GetManifestResourceStream("tree-histories.jsonl.gz")!;
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
        {
            var json = JsonDocument.Parse(line).RootElement;
            yield return new TreeHistory(
                json[0].GetInt32(),
                [.. json[1].EnumerateArray().Select(ReadChangeset)],
                json[2].EnumerateArray().ToDictionary(e => Entry(e[0].GetInt32()), e => new Expected(
                    Entry(e[1].GetInt32()), EntryName.Create(e[2].GetString()!), Document(e[3].GetInt32()), e[4].GetString() == "d",
                    e[5].GetInt32() == 1, e[6].GetInt32())));
        }
    }

    private static TreeChangeset ReadChangeset(JsonElement json) => new(
        json[2].GetUInt64(), Hash(json[0].GetInt32(), json[1].GetUInt64()), Author(json[0].GetInt32()), json[1].GetUInt64(),
        json[3].EnumerateArray().ToDictionary(d => Author(d[0].GetInt32()), d => d[1].GetUInt64()),
        [.. json[4].EnumerateArray().Select(ReadOperation)]);

    private static TreeOperation ReadOperation(JsonElement json) => json[0].GetString() switch
    {
        "put" => new TreeOperation.Put(
            Entry(json[1].GetInt32()), Entry(json[2].GetInt32()), EntryName.Create(json[3].GetString()!), Document(json[4].GetInt32()), json[5].GetString() == "d"),
        "del" => new TreeOperation.Delete(Entry(json[1].GetInt32()), Entry(json[2].GetInt32())),
        _ => new TreeOperation.Revise(Document(json[1].GetInt32()), json[2].ValueKind == JsonValueKind.Null ? null : Entry(json[2].GetInt32())),
    };
}
