using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Running;

/// <summary>A node's API on a real socket, with answers that a test lays down; it keeps what was asked.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly Dictionary<string, Func<HttpContext, Task>> answers = [];

    private FakeNode(string home)
    {
        Home = home;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(NodeSocket.PathFor(home)));
        server = builder.Build();
        server.Run(AnswerAsync);
    }

    public string Home { get; }

    /// <summary>Method, route with query, and body of each request.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<FakeNode> StartAsync()
    {
        var home = Directory.CreateTempSubdirectory("peerdrive-cli-").FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(NodeSocket.PathFor(home))!);
        var node = new FakeNode(home);
        await node.server.StartAsync();
        return node;
    }

    /// <summary>Answers a route (method and path below the API's root, without query) with a record.</summary>
    public FakeNode On<T>(string route, T answer) => On(route, context => WriteAsync(context, answer));

    public FakeNode OnProblem(string route, int status, string kind, int code, string message) => On(route, context =>
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new Problem(kind, code, message));
    });

    public FakeNode On(string route, Func<HttpContext, Task> answer)
    {
        answers[route] = answer;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var route = $"{context.Request.Method} {context.Request.Path.Value!["/api/v1/".Length..]}";
        lock (Asked) Asked.Add($"{route}{context.Request.QueryString} {body}".TrimEnd());
        if (answers.TryGetValue(route, out var answer)) await answer(context);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static Task WriteAsync<T>(HttpContext context, T answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer, PeerDriveClient.Json));
    }
}
