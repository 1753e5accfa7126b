using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Client;

/// <summary>Requests to a node, and its answers. What goes wrong is a <see cref="PeerDriveProblemException"/>, whether the node says it or cannot be reached.</summary>
internal sealed class NodeConnection(HttpClient http) : IDisposable
{
    private const string Root = "api/v1/";

    public static NodeConnection BySocket(string socketPath, TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation).ConfigureAwait(false);
                    RequireOwnNode(socket);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseProxy = false,
        };
        return new NodeConnection(new HttpClient(handler) { BaseAddress = new Uri($"http://peerdrive/{Root}"), Timeout = timeout });
    }

    public static NodeConnection ByAddress(Uri address, string token, TimeSpan timeout)
    {
        var http = new HttpClient { BaseAddress = new Uri(address, Root), Timeout = timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new NodeConnection(http);
    }

    public void Dispose() => http.Dispose();

    public Task<T> GetAsync<T>(string route, CancellationToken cancellation) => SendAsync<T>(http => http.GetAsync(route, cancellation), cancellation);

    public Task<TAnswer> PostAsync<TRequest, TAnswer>(string route, TRequest request, CancellationToken cancellation) =>
        SendAsync<TAnswer>(http => http.PostAsJsonAsync(route, request, PeerDriveClient.Json, cancellation), cancellation);

    public Task<object> DeleteAsync(string route, CancellationToken cancellation) => SendAsync<object>(http => http.DeleteAsync(route, cancellation), cancellation);

    /// <summary>Sends, and hands on an answer that is no problem; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> AnsweredAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var response = await ReachAsync(() => http.SendAsync(request, cancellation)).ConfigureAwait(false);
        try
        {
            await ThrowOnProblemAsync(response, cancellation).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task<string> TextAsync(string route, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        using var response = await AnsweredAsync(request, cancellation).ConfigureAwait(false);
        return await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
    }

    public async Task<Stream> StreamAsync(string route, CancellationToken cancellation, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, route);
        request.Headers.Range = range;
        var response = await ReachAsync(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation)).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            response.Dispose();
            throw new PeerDriveProblemException(new Problem("Invalid", 2, "The file ends before these bytes."));
        }
        await ThrowOnProblemAsync(response, cancellation).ConfigureAwait(false);
        return await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
    }

    public async Task<T> SendAsync<T>(Func<HttpClient, Task<HttpResponseMessage>> send, CancellationToken cancellation)
    {
        using var response = await ReachAsync(() => send(http)).ConfigureAwait(false);
        await ThrowOnProblemAsync(response, cancellation).ConfigureAwait(false);
        return await ContentAsync<T>(response, cancellation).ConfigureAwait(false);
    }

    public static async Task<T> ContentAsync<T>(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode == HttpStatusCode.NoContent) return default!;
        return await response.Content.ReadFromJsonAsync<T>(PeerDriveClient.Json, cancellation).ConfigureAwait(false)
            ?? throw new PeerDriveProblemException(new Problem("Protocol", 12, "The node gave an empty answer."));
    }

    private static async Task<HttpResponseMessage> ReachAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            return await send().ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new PeerDriveProblemException(new Problem("Unreachable", 11, "No node is running here. Start one with: peerdrive up"), e);
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            throw new PeerDriveProblemException(new Problem("Unreachable", 11, "The node does not answer: it is paused or overloaded."), e);
        }
    }

    private static async Task ThrowOnProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode) return;
        // An answer to HEAD has no words.
        if (response.RequestMessage?.Method == HttpMethod.Head && response.StatusCode == HttpStatusCode.NotFound) throw new PeerDriveProblemException(new Problem("NotFound", 3, "The node has no such thing any more; begin anew."));
        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<Problem>(PeerDriveClient.Json, cancellation).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            // Not the node's own answer: the status has to do.
        }
        throw new PeerDriveProblemException(problem ?? new Problem("Protocol", 12, $"The node answered {(int)response.StatusCode}."));
    }

    /// <summary>Passphrases go to the node: it has to run as this user, or this process as root.</summary>
    private static void RequireOwnNode(Socket socket)
    {
        // SO_PEERCRED, socket(7): process, user and group of who listens.
        const int solSocket = 1, soPeerCred = 17;
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(solSocket, soPeerCred, credentials);
        var user = BitConverter.ToUInt32(credentials[4..]);
        if (user != NodeSocket.CurrentUser && NodeSocket.CurrentUser != 0)
            throw new PeerDriveProblemException(new Problem("Forbidden", 5, $"The node here belongs to another user (number {user})."));
    }
}
