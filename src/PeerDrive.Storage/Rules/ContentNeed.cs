using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Rules;

/// <summary>A content that has to be in the other volume before a change may name it.</summary>
internal readonly record struct ContentNeed(DocumentCarrier Carrier, Content Content);
