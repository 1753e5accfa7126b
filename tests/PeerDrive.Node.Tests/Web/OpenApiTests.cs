using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Tests.Web;

/// <summary>What the API says of itself, and whether the client library can all of it.</summary>
public sealed partial class OpenApiTests
{
    /// <summary>Of a browser, not of a program.</summary>
    private static readonly string[] OfBrowsers = ["GET /session", "POST /session", "DELETE /session"];

    [Fact]
    public async Task The_document_is_valid_and_says_all()
    {
        await using var node = await TestNode.StartAsync();
        var document = await DocumentAsync(node);
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations!)
            {
                var name = $"{method} {path}";
                Assert.True(operation.Summary is { Length: > 5 }, name);
                Assert.All(operation.Parameters ?? [], parameter => Assert.True(parameter.Description is { Length: > 3 }, name));
                Assert.Equal(PathParts().Count(path), operation.Parameters?.Count(parameter => parameter.In == ParameterLocation.Path) ?? 0);
                Assert.Contains("default", operation.Responses!.Keys);
            }
        }
        // The contracts say what they mean, nested ones and those that are null at times too.
        var entry = document.Components!.Schemas!["EntryStatus"];
        Assert.Contains("A line of a folder", entry.Description, StringComparison.Ordinal);
        Assert.Contains("as an address", entry.Properties!["linkAddress"].Description, StringComparison.Ordinal);
        Assert.Contains("Where nothing is yet", document.Components.Schemas["MoveRequest"].Properties!["toPath"].Description, StringComparison.Ordinal);
        Assert.Equal("VolumeStatus", ((OpenApiSchemaReference)document.Components.Schemas["NodeStatus"].Properties!["volumes"].Items!).Reference.Id);
    }

    [Fact]
    public async Task A_misspelt_parameter_is_refused()
    {
        await using var node = await TestNode.StartAsync();
        using var http = RawClient.For(node.Node.SocketPath);
        using var response = await http.GetAsync("http://x/api/v1/search?query=a");
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("knows no 'query'; it knows: q, typing", (await response.Content.ReadFromJsonAsync<Problem>(PeerDriveClient.Json))!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_library_covers_the_api()
    {
        await using var node = await TestNode.StartAsync();
        var document = await DocumentAsync(node);
        var asked = await AskEverythingAsync(Path.Combine(node.Beside, "recorder.sock"));
        var operations = document.Paths.SelectMany(path => path.Value.Operations!.Select(operation => (Name: $"{operation.Key.Method.ToUpperInvariant()} {path.Key}", operation.Value))).ToDictionary();
        var covered = new HashSet<string>(OfBrowsers);
        foreach (var (method, path, names) in asked)
        {
            var name = operations.Keys.Where(operation => Matches(operation, $"{method} {path}")).MinBy(operation => operation.Count(letter => letter == '{'));
            Assert.True(name is not null, $"The client asks {method} {path}, which the API has not.");
            Assert.Empty(names.Except(operations[name].Parameters?.Select(parameter => parameter.Name!) ?? []));
            covered.Add(name);
        }
        Assert.Empty(operations.Keys.Except(covered));
    }

    private static async Task<OpenApiDocument> DocumentAsync(TestNode node)
    {
        using var http = RawClient.For(node.Node.SocketPath);
        await using var stream = await http.GetStreamAsync("http://x/api/v1/openapi.json");
        using var whole = new MemoryStream();
        await stream.CopyToAsync(whole);
        whole.Position = 0;
        var read = await OpenApiDocument.LoadAsync(whole, "json");
        Assert.Empty(read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Select(error => error.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        return read.Document!;
    }

    /// <summary>Calls every method of the client, and hears what it asks.</summary>
    private static async Task<IReadOnlyCollection<(string Method, string Path, IReadOnlyList<string> Query)>> AskEverythingAsync(string socket)
    {
        var asked = new ConcurrentQueue<(string, string, IReadOnlyList<string>)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        await using var recorder = builder.Build();
        recorder.Run(http =>
        {
            asked.Enqueue((http.Request.Method, http.Request.Path.Value!["/api/v1".Length..], [.. http.Request.Query.Keys]));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        await recorder.StartAsync();
        using var client = new PeerDriveClient(socket, TimeSpan.FromSeconds(60));
        foreach (var method in typeof(PeerDriveClient).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal)))
        {
            switch (method.Invoke(client, [.. method.GetParameters().Select(parameter => Some(parameter.ParameterType))]))
            {
                case Task task:
                    await task;
                    break;
                case IAsyncEnumerable<object> many:
                    await foreach (var one in many) Assert.NotNull(one);
                    break;
                default:
                    Assert.Fail($"{method.Name} answers something else.");
                    break;
            }
        }
        await recorder.StopAsync();
        return asked;
    }

    private static object? Some(Type type) =>
        type == typeof(string) ? "x"
        : type == typeof(Stream) ? new MemoryStream([1])
        : type == typeof(IReadOnlyList<string>) ? new[] { "x" }
        : type == typeof(long) ? 1L
        : type.IsValueType ? Activator.CreateInstance(type)
        : RuntimeHelpers.GetUninitializedObject(type);

    private static bool Matches(string operation, string asked) => Regex.IsMatch(asked, $"^{PathParts().Replace(Regex.Escape(operation).Replace(@"\{", "{", StringComparison.Ordinal), "[^/]+")}$");

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex PathParts();
}
