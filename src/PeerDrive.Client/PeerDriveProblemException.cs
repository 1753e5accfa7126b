using PeerDrive.Client.Contracts;

namespace PeerDrive.Client;

/// <summary>A request failed; <see cref="Contracts.Problem"/> says why and what to do.</summary>
public sealed class PeerDriveProblemException(Problem problem, Exception? inner = null) : Exception(problem.Detail, inner)
{
    public Problem Problem { get; } = problem;
}
