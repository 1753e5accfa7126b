namespace PeerDrive.Model.Errors;

/// <summary>
/// Why something failed. Numbers are stable and append-only: they cross the wire and the API, and map once to errno, HTTP
/// status and exit code (<see cref="ErrorKinds"/>).
/// </summary>
public enum ErrorKind
{
    /// <summary>A fault of the program itself.</summary>
    Internal = 1,

    /// <summary>What was asked for makes no sense as it stands; the message says what to write instead.</summary>
    Invalid = 2,
    NotFound = 3,
    AlreadyExists = 4,

    /// <summary>Known who you are, not allowed.</summary>
    Forbidden = 5,

    /// <summary>Stored or received bytes are not what their hash, checksum or format says.</summary>
    Corrupt = 6,
    NoSpace = 7,
    ReadOnly = 8,

    /// <summary>Something else uses it just now; trying again later may succeed.</summary>
    Busy = 9,

    /// <summary>The content exists, but no reachable replica holds it.</summary>
    NotHere = 10,

    /// <summary>A peer or the daemon could not be reached.</summary>
    Unreachable = 11,

    /// <summary>A peer broke the protocol.</summary>
    Protocol = 12,

    /// <summary>A cap or a quota.</summary>
    LimitExceeded = 13,

    /// <summary>Understood, but this version lacks it; the message names the version or package that is needed.</summary>
    Unsupported = 14,
    Expired = 15,

    /// <summary>The state changed meanwhile, so that what was asked no longer fits.</summary>
    Conflict = 16,

    /// <summary>The disk or the operating system reported an error.</summary>
    Io = 17,
    Cancelled = 18,
    NotEmpty = 19,
    NotAFolder = 20,
    IsAFolder = 21,
    NameTooLong = 22,

    /// <summary>Nobody may do this here, whatever rights they have.</summary>
    NotPermitted = 23,

    /// <summary>It would reach from one volume into another; copy instead.</summary>
    OtherVolume = 24,

    /// <summary>No extended attribute of that name.</summary>
    NoAttribute = 25,

    /// <summary>No file can be that large.</summary>
    FileTooLarge = 26,

    /// <summary>An offset behind the end.</summary>
    BehindEnd = 27,
}
