namespace PeerDrive.Node.Api.Descriptions;

/// <summary>A route of the API.</summary>
/// <param name="Path">Below the API's root; parts in braces stand for values.</param>
internal sealed record ApiRoute(string Method, string Path, ApiOperation Operation);
