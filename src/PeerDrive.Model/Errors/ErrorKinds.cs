namespace PeerDrive.Model.Errors;

/// <summary>The one table from a kind of error to what the kernel, HTTP and a shell call it.</summary>
public static class ErrorKinds
{
    /// <summary>Linux errno, HTTP status and process exit code of a kind.</summary>
    public static (int Errno, int Http, int Exit) Codes(this ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => (22, 400, 2),
        ErrorKind.NotFound => (2, 404, 3),
        ErrorKind.AlreadyExists => (17, 409, 4),
        ErrorKind.Forbidden => (13, 403, 5),
        ErrorKind.Corrupt => (5, 500, 6),
        ErrorKind.NoSpace => (28, 507, 7),
        ErrorKind.ReadOnly => (30, 403, 8),
        ErrorKind.Busy => (16, 409, 9),
        ErrorKind.NotHere => (5, 503, 10),
        ErrorKind.Unreachable => (113, 503, 11),
        ErrorKind.Protocol => (71, 502, 12),
        ErrorKind.LimitExceeded => (7, 413, 13),
        ErrorKind.Unsupported => (95, 501, 14),
        ErrorKind.Expired => (62, 410, 15),
        ErrorKind.Conflict => (11, 409, 16),
        ErrorKind.Io => (5, 500, 17),
        ErrorKind.Cancelled => (125, 499, 18),
        ErrorKind.NotEmpty => (39, 409, 19),
        ErrorKind.NotAFolder => (20, 400, 20),
        ErrorKind.IsAFolder => (21, 400, 21),
        ErrorKind.NameTooLong => (36, 400, 22),
        ErrorKind.NotPermitted => (1, 403, 23),
        ErrorKind.OtherVolume => (18, 400, 24),
        ErrorKind.NoAttribute => (61, 404, 25),
        ErrorKind.FileTooLarge => (27, 413, 26),
        ErrorKind.BehindEnd => (6, 416, 27),
        _ => (5, 500, 1),
    };

    /// <summary>The kind that a Linux errno stands for.</summary>
    public static ErrorKind FromErrno(int errno) => errno switch
    {
        2 => ErrorKind.NotFound,
        1 or 13 => ErrorKind.Forbidden,
        16 or 26 => ErrorKind.Busy,
        17 => ErrorKind.AlreadyExists,
        20 => ErrorKind.NotAFolder,
        21 => ErrorKind.IsAFolder,
        22 => ErrorKind.Invalid,
        28 or 122 => ErrorKind.NoSpace,
        30 => ErrorKind.ReadOnly,
        36 => ErrorKind.NameTooLong,
        39 => ErrorKind.NotEmpty,
        95 or 38 => ErrorKind.Unsupported,
        _ => ErrorKind.Io,
    };
}
