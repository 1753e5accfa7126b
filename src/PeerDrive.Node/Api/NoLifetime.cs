using Microsoft.Extensions.Hosting;

namespace PeerDrive.Node.Api;

/// <summary>Leaves signals to the program: the platform's default would take them and stop the server alone.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
