using System.Buffers.Binary;
using PeerDrive.Model;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>A checkpoint on the disk (docs/format.md): kept until its history has come, and checked as if a peer had sent it when it is read.</summary>
internal sealed class CheckpointFile(IDisk disk, string folder)
{
    private const int PrefixBytes = 12, PartBytes = 12;

    private readonly string path = Path.Combine(folder, "checkpoint"), temporary = Path.Combine(folder, "checkpoint.tmp");

    private static ReadOnlySpan<byte> Magic => "PDCP\x01\0\0\0"u8;

    /// <summary>Writes beside, syncs and renames.</summary>
    public void Write(CheckpointIntake checkpoint)
    {
        Remove(temporary);
        using (var file = disk.Open(temporary, create: true))
        {
            long at = 0;
            void Append(ReadOnlySpan<byte> bytes)
            {
                file.Write(at, bytes);
                at += bytes.Length;
            }

            Append([.. Magic, .. Number(checkpoint.Signed.Header.Length), .. checkpoint.Signed.Header.Span, .. checkpoint.Signed.Signature.Span]);
            Append([.. Number(checkpoint.Maker.Der.Length), .. checkpoint.Maker.Der.Span, .. Number((int)Crc32C.Compute(checkpoint.Maker.Der.Span))]);
            foreach (var part in checkpoint.Parts)
            {
                Append([.. Number((int)part.Encoding), .. Number(part.Plain), .. Number(part.Payload.Length)]);
                Append(part.Payload.Span);
            }
            file.Sync();
        }
        disk.Rename(temporary, path);
        disk.SyncFolder(folder);
    }

    /// <summary>What is kept; null when nothing is, or it is damaged: then its history comes all the same, and it is removed.</summary>
    public KeptCheckpoint? Read(VolumeId volume)
    {
        Remove(temporary);
        if (!disk.FileExists(path)) return null;
        try
        {
            using var file = disk.OpenRead(path);
            return Read(file, volume);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.LimitExceeded)
        {
            Remove();
            return null;
        }
    }

    public void Remove()
    {
        Remove(path);
        disk.SyncFolder(folder);
    }

    private static KeptCheckpoint Read(IDiskFile file, VolumeId volume)
    {
        long at = 0;
        var prefix = Take(PrefixBytes);
        if (!prefix.AsSpan(0, Magic.Length).SequenceEqual(Magic)) throw Corrupt();
        var header = Take(Length(prefix.AsSpan(Magic.Length), ModelLimits.CheckpointHeaderBytes));
        var signature = Take(DeviceKey.SignatureBytes);
        var certificate = Take(Length(Take(sizeof(int)), ModelLimits.CertificateBytes));
        // Everything else is under the signature.
        if (BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))) != Crc32C.Compute(certificate)) throw Corrupt();
        var intake = new CheckpointIntake(volume, new SignedCheckpoint(header, signature), DeviceCertificate.Decode(certificate));
        foreach (var id in intake.Header.Parts)
        {
            var numbers = Take(PartBytes);
            var plain = Length(numbers.AsSpan(4), ModelLimits.ChunkBytes);
            intake.Add(new CheckpointPart(id, (ChunkEncoding)Length(numbers, (int)ChunkEncoding.Zstd), plain, Take(Length(numbers.AsSpan(8), ModelLimits.ChunkBytes))));
        }
        return intake.Finish();

        byte[] Take(int length)
        {
            var bytes = new byte[length];
            if (file.Read(at, bytes) != length) throw Corrupt();
            at += length;
            return bytes;
        }
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static int Length(ReadOnlySpan<byte> number, int limit) =>
        BinaryPrimitives.ReadInt32LittleEndian(number) is var length && length >= 0 && length <= limit ? length : throw Corrupt();

    private static PeerDriveException Corrupt() => new(ErrorKind.Corrupt, "A kept checkpoint is damaged.");

    private void Remove(string name)
    {
        if (disk.FileExists(name)) disk.Delete(name);
    }
}
