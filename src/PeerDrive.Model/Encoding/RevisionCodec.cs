using System.Collections.Immutable;
using Google.Protobuf;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using Bytes = PeerDrive.Model.Revisions.ByteString;
using ProtoBytes = Google.Protobuf.ByteString;

namespace PeerDrive.Model.Encoding;

/// <summary>Revisions to bytes and back; equal values have equal bytes.</summary>
internal static class RevisionCodec
{
    public static byte[] Encode(RevisionFields fields)
    {
        var state = fields.State;
        var wire = new Wire.Revision
        {
            Document = Wrap(fields.Document),
            Kind = (uint)state.Kind,
            Mode = state.Mode,
            Owner = EncodeOwner(state.Owner),
            Group = EncodeOwner(state.Group),
            Mtime = state.Mtime,
            MediaType = state.MediaType,
            Comment = fields.Comment,
            Creator = fields.Creator,
            Author = fields.Author is { } author ? Wrap(author) : ProtoBytes.Empty,
            Time = fields.Time,
            Merge = fields.Merge,
            Target = ProtoBytes.CopyFrom(state.Target.Span),
            DeviceNumber = state.DeviceNumber,
        };
        wire.Parents.AddRange(fields.Parents.Distinct().Order().Select(Wrap));
        wire.Content = EncodeContent(state.Kind, state.Content);
        foreach (var (name, value) in state.Xattrs)
            wire.Xattrs.Add(new Wire.Attribute { Name = ProtoBytes.CopyFrom(name.Span), Value = ProtoBytes.CopyFrom(value.Span) });
        wire.Annotations.AddRange(EncodeFields(state.Annotations));
        return wire.ToByteArray();
    }

    public static RevisionFields Decode(ReadOnlyMemory<byte> encoded)
    {
        var wire = WireParser.Parse(Wire.Revision.Parser, encoded, ModelLimits.RevisionBytes);
        if (wire.Kind is < (uint)DocumentKind.File or > (uint)DocumentKind.BlockDevice) throw Corrupt($"there is no document kind {wire.Kind}");
        if (wire.Parents.Count > ModelLimits.Parents) throw Corrupt($"it has {wire.Parents.Count} parents");
        if (wire.Target.Length > ModelLimits.TargetBytes) throw Corrupt("its target is too long");
        if (wire.Mode > 0xFFF) throw Corrupt("its mode has unknown bits");
        var state = new RevisionState
        {
            Kind = (DocumentKind)wire.Kind,
            Content = DecodeContent(wire.Kind, wire.Content),
            Mode = wire.Mode,
            Owner = DecodeOwner(wire.Owner),
            Group = DecodeOwner(wire.Group),
            Mtime = wire.Mtime,
            Xattrs = DecodeXattrs(wire.Xattrs),
            MediaType = wire.MediaType,
            Annotations = DecodeFields(wire.Annotations, ModelLimits.AnnotationDepth),
            Target = new Bytes(wire.Target.Span),
            DeviceNumber = wire.DeviceNumber,
        };
        RevisionId[] parents = [.. wire.Parents.Select(parent => Id.Decode<RevisionId>(parent.Span))];
        for (var i = 1; i < parents.Length; i++)
        {
            if (parents[i - 1].CompareTo(parents[i]) >= 0) throw Corrupt("its parents are not sorted and distinct");
        }
        return new RevisionFields(
            Id.Decode<DocumentId>(wire.Document.Span),
            [.. parents],
            state,
            wire.Author.IsEmpty ? null : Id.Decode<DeviceId>(wire.Author.Span),
            wire.Time,
            wire.Creator,
            wire.Comment,
            wire.Merge);
    }

    internal static Wire.Content? EncodeContent(DocumentKind kind, Content content) => kind != DocumentKind.File ? null : new Wire.Content
    {
        Size = content.Size, Depth = content.Depth, Chunking = content.Chunking,
        Root = content.IsEmpty ? ProtoBytes.Empty : Wrap(content.Root),
    };

    internal static Content DecodeContent(uint kind, Wire.Content? wire)
    {
        if (wire is not null && kind != (uint)DocumentKind.File) throw Corrupt("only files have content");
        if (wire is null || wire.Size == 0) return Content.Empty with { Chunking = wire?.Chunking ?? 0 };
        // Eight levels of 4,096 lines are more chunks than 64 bits of size can need.
        if (wire.Depth > 8 || wire.Size > long.MaxValue || (wire.Depth == 0 && wire.Size > ModelLimits.ChunkBytes)) throw Corrupt("its content is impossible");
        return new Content(wire.Size, wire.Depth, Id.Decode<ChunkId>(wire.Root.Span), wire.Chunking);
    }

    internal static Wire.Owner EncodeOwner(Owner owner) => new() { Number = owner.Number, Name = owner.Name };

    internal static Owner DecodeOwner(Wire.Owner? wire) => wire is null ? new Owner(0, "") : new Owner(wire.Number, wire.Name);

    private static IEnumerable<Wire.Annotation> EncodeFields(ImmutableSortedDictionary<string, AnnotationValue> fields) =>
        fields.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => new Wire.Annotation { Name = field.Key, Value = EncodeValue(field.Value) });

    private static Wire.Value EncodeValue(AnnotationValue value)
    {
        var wire = new Wire.Value();
        switch (value)
        {
            case AnnotationValue.Text text: wire.Text = text.Value; break;
            case AnnotationValue.Number number: wire.Number = number.Value; break;
            case AnnotationValue.Boolean boolean: wire.Boolean = boolean.Value; break;
            case AnnotationValue.Time time: wire.Time = time.Value; break;
            case AnnotationValue.Link link: wire.Link = ProtoBytes.CopyFrom(link.Target.Span); break;
            case AnnotationValue.TextSet set:
                wire.TextSet = new Wire.TextSet();
                wire.TextSet.Texts.AddRange(set.Texts.Order(StringComparer.Ordinal));
                break;
            case AnnotationValue.List list:
                wire.List = new Wire.ValueList();
                wire.List.Values.AddRange(list.Values.Select(EncodeValue));
                break;
            case AnnotationValue.Map map:
                wire.Map = new Wire.ValueMap();
                wire.Map.Fields.AddRange(EncodeFields(map.Fields));
                break;
            default: throw new PeerDriveException(ErrorKind.Internal, $"No encoding for {value.GetType().Name}.");
        }
        return wire;
    }

    private static ImmutableSortedDictionary<Bytes, Bytes> DecodeXattrs(IEnumerable<Wire.Attribute> xattrs)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<Bytes, Bytes>();
        foreach (var xattr in xattrs)
        {
            if (!TryAdd(builder, new Bytes(xattr.Name.Span), new Bytes(xattr.Value.Span))) throw Corrupt("it has two extended attributes of one name");
        }
        return builder.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, AnnotationValue> DecodeFields(IEnumerable<Wire.Annotation> fields, int depth)
    {
        var builder = RevisionState.NoAnnotations.ToBuilder();
        foreach (var field in fields)
        {
            if (!TryAdd(builder, field.Name, DecodeValue(field.Value, depth))) throw Corrupt("it has two annotations of one name");
        }
        return builder.ToImmutable();
    }

    private static bool TryAdd<TKey, TValue>(ImmutableSortedDictionary<TKey, TValue>.Builder builder, TKey key, TValue value)
        where TKey : notnull
    {
        if (builder.ContainsKey(key)) return false;
        builder.Add(key, value);
        return true;
    }

    private static AnnotationValue DecodeValue(Wire.Value? wire, int depth)
    {
        if (depth == 0) throw Corrupt("its annotations are nested too deep");
        return wire?.KindCase switch
        {
            Wire.Value.KindOneofCase.Text => new AnnotationValue.Text(wire.Text),
            Wire.Value.KindOneofCase.Number => new AnnotationValue.Number(wire.Number),
            Wire.Value.KindOneofCase.Boolean => new AnnotationValue.Boolean(wire.Boolean),
            Wire.Value.KindOneofCase.Time => new AnnotationValue.Time(wire.Time),
            Wire.Value.KindOneofCase.TextSet => new AnnotationValue.TextSet(wire.TextSet.Texts.ToImmutableSortedSet(StringComparer.Ordinal)),
            Wire.Value.KindOneofCase.Link when wire.Link.Length is 16 or 32 => new AnnotationValue.Link(new Bytes(wire.Link.Span)),
            Wire.Value.KindOneofCase.List => new AnnotationValue.List([.. wire.List.Values.Select(value => DecodeValue(value, depth - 1))]),
            Wire.Value.KindOneofCase.Map => new AnnotationValue.Map(DecodeFields(wire.Map.Fields, depth - 1)),
            _ => throw Corrupt("it has an annotation of an unknown kind"),
        };
    }

    private static ProtoBytes Wrap<T>(T id)
        where T : struct, IId<T> => UnsafeByteOperations.UnsafeWrap(id.ToBytes());

    private static PeerDriveException Corrupt(string why) => new(ErrorKind.Corrupt, $"A revision is malformed: {why}.");
}
