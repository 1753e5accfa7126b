using System.Reflection;
using System.Runtime.InteropServices;
using PeerDrive.Model.Errors;
using PeerDrive.Native.Files;
using SQLitePCL;

namespace PeerDrive.Storage.Databases;

/// <summary>Binds SQLitePCLRaw to the system's SQLite, which the distribution keeps free of known vulnerabilities.</summary>
internal static class SystemSqlite
{
    private static readonly Lock Gate = new();
    private static bool ready;

    /// <summary>SQLITE_CONFIG_MEMSTATUS.</summary>
    private const int MemoryStatus = 9;

    private const int Arenas = 2;

    public static void Initialize()
    {
        lock (Gate)
        {
            if (ready) return;
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            // Counting what SQLite allocates takes a lock at each allocation, and nobody asks for the counts.
            raw.sqlite3_config(MemoryStatus, 0);
            // Its connections are used by whichever thread comes, so that as many arenas would keep freed pages as there are threads.
            Libc.LimitArenas(Arenas);
            ready = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3") return 0;
        return NativeLibrary.TryLoad("libsqlite3.so.0", out var library)
            ? library
            : throw new PeerDriveException(ErrorKind.Unsupported, "SQLite is missing. Install it with: apt-get install libsqlite3-0");
    }
}
