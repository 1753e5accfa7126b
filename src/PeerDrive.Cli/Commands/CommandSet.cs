using System.CommandLine;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Commands;

/// <summary>All commands, in the order in which help lists them.</summary>
internal static class CommandSet
{
    public static readonly string[] Examples =
    [
        "peerdrive up --link ~/Documents        share a directory",
        "peerdrive invite Documents             a ticket for another device",
        "peerdrive join TICKET --folder ~/Docs  accept it there",
        "peerdrive log Documents:/letter.txt    every version of a file",
    ];

    public static RootCommand Build(Shell shell, CommonOptions common)
    {
        var root = new RootCommand("PeerDrive keeps directories the same on many devices, with every version of every file, and without a server.")
        {
            common.Home,
            common.Json,
            UpCommand.Create(shell),
            DownCommand.Create(shell),
            StatusCommand.Create(shell),
            VolumeCommand.Create(shell),
            LinkCommand.Create(shell),
            UnlinkCommand.Create(shell),
            OfferCommand.Create(shell),
            MountCommand.Create(shell),
            UnmountCommand.Create(shell),
            InviteCommand.Create(shell),
            JoinCommand.Create(shell),
            PeersCommand.Create(shell),
            ImportCommand.Create(shell),
            ListCommand.Create(shell),
            FindCommand.Create(shell),
            CatCommand.Create(shell),
            PutCommand.Create(shell),
            MakeFolderCommand.Create(shell),
            MoveCommand.Create(shell),
            RemoveCommand.Create(shell),
            TagCommand.Create(shell),
            RateCommand.Create(shell),
            AnnotateCommand.Create(shell),
            FieldsCommand.Create(shell),
            PlaceCommand.Create(shell),
            LinkDocumentCommand.Create(shell),
            OpenCommand.Create(shell),
            PasswordCommand.Create(shell),
            AddressCommand.Create(shell),
            BacklinksCommand.Create(shell),
            LogCommand.Create(shell),
            ShowCommand.Create(shell),
            DiffCommand.Create(shell),
            RestoreCommand.Create(shell),
            SaveCommand.Create(shell),
            RewindCommand.Create(shell),
            TrashCommand.Create(shell),
            UndeleteCommand.Create(shell),
            ConflictsCommand.Create(shell),
            ResolveCommand.Create(shell),
            DraftsCommand.Create(shell),
            RevertCommand.Create(shell),
            KeepCommand.Create(shell),
            PinCommand.Create(shell),
            PinCommand.CreateUnpin(shell),
            PinCommand.CreateList(shell),
            FreeCommand.Create(shell),
            RetentionCommand.Create(shell),
            ThinCommand.Create(shell),
            CollectCommand.Create(shell),
            WhereCommand.Create(shell),
            ReplicateCommand.Create(shell),
            RuleCommand.Create(shell),
            JobsCommand.Create(shell),
            EventsCommand.Create(shell),
            PauseCommand.Create(shell),
            ResumeCommand.Create(shell),
            LimitCommand.Create(shell),
            CheckCommand.Create(shell),
            IdCommand.Create(shell),
        };
        root.Add(CompletionCommand.Create(shell, root));
        return root;
    }

    /// <summary>A command's words: peerdrive, volume, create.</summary>
    public static IReadOnlyList<string> PathOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        ? [.. PathOf(parent), command.Name]
        : ["peerdrive"];
}
