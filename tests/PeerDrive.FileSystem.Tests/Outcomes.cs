using System.Text;
using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Short ways to what tests do all the time.</summary>
internal static class Outcomes
{
    public static T Required<T>(this Outcome<T> outcome) => outcome.Error is { } error ? throw new PeerDriveException(error, $"{error}") : outcome.Value;

    public static void Put(this OpenFile file, string text, long offset = 0) => Assert.Null(file.Write(Device.Me, offset, Encoding.UTF8.GetBytes(text)));

    public static string Text(this OpenFile file)
    {
        var bytes = new byte[1 << 20];
        return Encoding.UTF8.GetString(bytes, 0, file.Read(0, bytes));
    }
}
