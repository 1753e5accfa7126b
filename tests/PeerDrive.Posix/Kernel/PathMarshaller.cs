using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace PeerDrive.Posix.Kernel;

/// <summary>Passes a path whose characters are its bytes (Latin-1), so that a test can name any file.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(PathMarshaller))]
internal static unsafe class PathMarshaller
{
    public static byte* ConvertToUnmanaged(string path)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)path.Length + 1);
        for (var i = 0; i < path.Length; i++) memory[i] = (byte)path[i];
        memory[path.Length] = 0;
        return memory;
    }

    public static void Free(byte* memory) => NativeMemory.Free(memory);
}
