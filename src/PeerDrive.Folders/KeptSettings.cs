using System.Text.Json.Serialization;

namespace PeerDrive.Folders;

/// <summary>How a link's settings become JSON.</summary>
[JsonSerializable(typeof(LinkTable.Kept))]
internal sealed partial class KeptSettings : JsonSerializerContext;
