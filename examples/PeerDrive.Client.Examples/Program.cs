using PeerDrive.Client;
using PeerDrive.Client.Contracts;

// Uploads a file to a node in pieces, tags it, finds it by its tag, and tells what happens on the node from then on.
//
//   dotnet run --project examples/PeerDrive.Client.Examples -- http://127.0.0.1:7373/ ~/.local/share/peerdrive/api-token Pictures holiday.jpg
//
// The address is what `peerdrive open --json` prints; the file with the token can be read by the user of the node only.
if (args is not [var address, var tokenFile, var volume, var file])
{
    Console.Error.WriteLine("usage: ADDRESS TOKEN-FILE VOLUME FILE");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
try
{
    var token = (await File.ReadAllTextAsync(tokenFile, stop.Token)).Trim();
    using var client = new PeerDriveClient(new Uri(address), token, TimeSpan.FromMinutes(1));
    var path = "/" + Path.GetFileName(file);

    await UploadAsync(client, volume, path, file, stop.Token);
    await client.AnnotateAsync(volume, new AnnotateRequest([path]) { Add = [new FieldEdit("tags", "example")] }, stop.Token);
    foreach (var version in await client.LogAsync(volume, path, stop.Token)) Console.WriteLine($"{version.Time:u}  {version.Size,12:N0} bytes  {version.Author}  {version.Comment}");

    var found = await client.SearchAsync("tag:example", [volume], null, 10, isTyping: false, stop.Token);
    Console.WriteLine($"{found.Total} with this tag. What happens now (Ctrl+C ends):");
    await foreach (var happened in client.EventsAsync(null, stop.Token)) Console.WriteLine($"{happened.Kind} {happened.Volume} {string.Join(' ', happened.Paths)}");
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
catch (PeerDriveProblemException e)
{
    Console.Error.WriteLine(e.Message);
    return e.Problem.Code;
}

// Goes on where it was when the connection breaks.
static async Task UploadAsync(PeerDriveClient client, string volume, string path, string file, CancellationToken cancellation)
{
    await using var bytes = File.OpenRead(file);
    var upload = await client.BeginUploadAsync(volume, path, bytes.Length, seen: null, "by an example", cancellation);
    var sent = 0L;
    for (var attempt = 0; sent < bytes.Length; attempt++)
    {
        try
        {
            bytes.Position = sent;
            sent = await client.ContinueUploadAsync(upload, sent, bytes, cancellation);
        }
        catch (PeerDriveProblemException e) when (e.Problem.Kind == "Unreachable" && attempt < 10)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, cancellation);
            sent = await client.UploadedAsync(upload, cancellation);
        }
    }
}
