using System.Collections.Concurrent;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Scanning;

/// <summary>Owners by number, looked up once each. Thread-safe.</summary>
internal sealed class AccountNames
{
    private readonly ConcurrentDictionary<uint, string> users = [];
    private readonly ConcurrentDictionary<uint, string> groups = [];

    public Owner User(uint number) => new(number, users.GetOrAdd(number, Libc.UserName));

    public Owner Group(uint number) => new(number, groups.GetOrAdd(number, Libc.GroupName));
}
