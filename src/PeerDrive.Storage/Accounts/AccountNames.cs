using System.Collections.Concurrent;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Storage.Accounts;

/// <summary>Owners by number and by name, looked up once each. Thread-safe.</summary>
public sealed class AccountNames
{
    /// <summary>Names come from other devices: more of them are looked up each time.</summary>
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<uint, string> users = [];
    private readonly ConcurrentDictionary<uint, string> groups = [];
    private readonly ConcurrentDictionary<string, uint?> userNumbers = [];
    private readonly ConcurrentDictionary<string, uint?> groupNumbers = [];

    public Owner User(uint number) => new(number, users.GetOrAdd(number, Libc.UserName));

    public Owner Group(uint number) => new(number, groups.GetOrAdd(number, Libc.GroupName));

    /// <summary>This device's number for a user: of the same name, else the number as it is.</summary>
    public uint NumberOfUser(Owner user) => NumberOf(userNumbers, user, Libc.UserNumber);

    /// <inheritdoc cref="NumberOfUser"/>
    public uint NumberOfGroup(Owner group) => NumberOf(groupNumbers, group, Libc.GroupNumber);

    private static uint NumberOf(ConcurrentDictionary<string, uint?> known, Owner owner, Func<string, uint?> find)
    {
        if (string.IsNullOrEmpty(owner.Name)) return owner.Number;
        if (known.TryGetValue(owner.Name, out var number)) return number ?? owner.Number;
        number = find(owner.Name);
        if (known.Count < MaxRemembered) known[owner.Name] = number;
        return number ?? owner.Number;
    }
}
