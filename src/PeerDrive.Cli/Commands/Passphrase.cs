using System.Text;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>Gets a passphrase without showing it to anyone: never from the command line, where other users can read it.</summary>
internal static class Passphrase
{
    /// <param name="file">Holds it in its first line; null: the variable, or a person is asked.</param>
    /// <param name="isNew">Asked twice, because a slip could not be undone.</param>
    /// <param name="option">By which the file is named.</param>
    public static string Read(Call call, string? file, bool isNew, string option = "--passphrase-file")
    {
        if (file is not null) return Checked(File.ReadLines(file).FirstOrDefault() ?? "");
        if (call.Variable("PEERDRIVE_PASSPHRASE") is { } given) return given;
        if (!call.Terminal.CanAsk || !call.Terminal.ShowsError)
            throw new UsageException($"Nobody is there to type it: use {option} FILE or PEERDRIVE_PASSPHRASE.");
        var first = Ask(call.Terminal.Error, "Passphrase: ");
        if (isNew && Ask(call.Terminal.Error, "Once more: ") != first) throw new UsageException("The two passphrases differ: try again.");
        return Checked(first);
    }

    /// <summary>Gets a recovery key as it was typed.</summary>
    /// <param name="file">Holds it in its first line; null: the variable, or a person is asked.</param>
    public static string ReadRecoveryKey(Call call, string? file)
    {
        var key = file is not null ? File.ReadLines(file).FirstOrDefault() : call.Variable("PEERDRIVE_RECOVERY_KEY");
        if (key is null && (!call.Terminal.CanAsk || !call.Terminal.ShowsError))
            throw new UsageException("Nobody is there to type the recovery key: use --key-file FILE or PEERDRIVE_RECOVERY_KEY.");
        key ??= Ask(call.Terminal.Error, "Recovery key: ");
        return key.Trim().Length > 0 ? key.Trim() : throw new UsageException("The recovery key is empty.");
    }

    private static string Checked(string passphrase) => passphrase.Length > 0 ? passphrase : throw new UsageException("The passphrase is empty.");

    private static string Ask(TextWriter error, string question)
    {
        error.Write(question);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }
        error.WriteLine();
        return typed.ToString();
    }
}
