using PeerDrive.Client;
using PeerDrive.Node.Api.Descriptions;

namespace PeerDrive.Node.Api;

/// <summary>The API's own description.</summary>
internal static class DescriptionRoute
{
    private const string Media = "application/json";

    public static void Map(ApiRoutes api) => api.Get("openapi.json", new("This API, as an OpenAPI document.") { Media = Media }, call => call.TextAsync(
        OpenApi.Document(api.All, PeerDriveClient.Json, typeof(PeerDriveNode).Assembly.GetName().Version!.ToString(3)).ToJsonString(PeerDriveClient.Json), Media));
}
