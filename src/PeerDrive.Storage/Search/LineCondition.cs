namespace PeerDrive.Storage.Search;

/// <summary>A condition on a line of <c>docs</c>, in one of a few fixed texts, with what is bound to it: long, double, string or bytes.</summary>
internal sealed record LineCondition(string Sql, params object[] Values);
