using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace PeerDrive.Testing;

/// <summary>Small files of every format that fields are read out of, made byte by byte.</summary>
internal static class SampleFiles
{
    /// <summary>By their names; each has the word "walrus" in it where it has text.</summary>
    public static Dictionary<string, byte[]> All() => new()
    {
        ["photo.jpg"] = Jpeg(4000, 3000), ["image.png"] = Png(640, 480), ["image.gif"] = Gif(32, 16), ["sound.wav"] = Wav(2), ["song.mp3"] = Mp3(), ["paper.pdf"] = Pdf(),
        ["letter.eml"] = Mail(), ["text.docx"] = Docx(), ["text.odt"] = Odt(), ["table.xlsx"] = Xlsx(), ["slides.pptx"] = Pptx(), ["archive.zip"] = Zip(("a.txt", "one"), ("b/walrus.txt", "two")),
        ["archive.tar"] = Tar(), ["archive.tar.gz"] = GZip(Tar()), ["page.html"] = Html(), ["notes.txt"] = Encoding.UTF8.GetBytes("A walrus is no sea lion.\n"),
    };

    /// <summary>A JPEG without pixels: Exif of a camera, and the size.</summary>
    public static byte[] Jpeg(int width, int height)
    {
        // TIFF, little-endian: IFD0 at 8 with make, model and the place of the second directory, which has a time and a speed.
        var make = "Walrus\0"u8.ToArray();
        var model = "Tusk 5\0"u8.ToArray();
        var taken = "2026:03:01 12:30:00\0"u8.ToArray();
        const int ifd0 = 8, sub = ifd0 + 2 + (3 * 12) + 4, data = sub + 2 + (2 * 12) + 4;
        var tiff = new MemoryStream();
        using var write = new BinaryWriter(tiff);
        write.Write("II"u8);
        write.Write((short)42);
        write.Write(ifd0);
        write.Write((short)3);
        Tag(write, 0x010F, 2, make.Length, data);
        Tag(write, 0x0110, 2, model.Length, data + make.Length);
        Tag(write, 0x8769, 4, 1, sub);
        write.Write(0);
        write.Write((short)2);
        Tag(write, 0x8827, 3, 1, 400);
        Tag(write, 0x9003, 2, taken.Length, data + make.Length + model.Length);
        write.Write(0);
        write.Write(make);
        write.Write(model);
        write.Write(taken);
        write.Flush();
        byte[] exif = [.. "Exif\0\0"u8, .. tiff.ToArray()];
        return
        [
            0xFF, 0xD8, 0xFF, 0xE1, .. Big16(exif.Length + 2), .. exif,
            0xFF, 0xC0, .. Big16(17), 8, .. Big16(height), .. Big16(width), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
            0xFF, 0xDA, .. Big16(12), 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0, 0, 0xFF, 0xD9,
        ];
    }

    public static byte[] Png(int width, int height) =>
        [0x89, .. "PNG\r\n"u8, 26, 10, .. Big32(13), .. "IHDR"u8, .. Big32(width), .. Big32(height), 8, 2, 0, 0, 0, .. Big32(0), .. Big32(0), .. "IEND"u8, 0xAE, 0x42, 0x60, 0x82];

    public static byte[] Gif(short width, short height) => [.. "GIF89a"u8, .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height), 0, 0, 0, 0x3B];

    /// <summary>Silence, 8 bit at 8 kHz.</summary>
    public static byte[] Wav(int seconds) =>
    [
        .. "RIFF"u8, .. BitConverter.GetBytes(36 + (seconds * 8000)), .. "WAVEfmt "u8, .. BitConverter.GetBytes(16), 1, 0, 1, 0, .. BitConverter.GetBytes(8000), .. BitConverter.GetBytes(8000), 1, 0, 8, 0,
        .. "data"u8, .. BitConverter.GetBytes(seconds * 8000), .. new byte[seconds * 8000],
    ];

    /// <summary>A title and an artist, and a few frames of 128 kbit/s.</summary>
    public static byte[] Mp3()
    {
        byte[] Frame(string id, string text) => [.. Encoding.ASCII.GetBytes(id), .. Big32(text.Length + 1), 0, 0, 0, .. Encoding.ASCII.GetBytes(text)];
        byte[] tags = [.. Frame("TIT2", "Song of the walrus"), .. Frame("TPE1", "Ada"), .. Frame("TALB", "Ice")];
        byte[] sound = [0xFF, 0xFB, 0x90, 0x00, .. new byte[413]];
        return [.. "ID3"u8, 3, 0, 0, (byte)(tags.Length >> 21 & 127), (byte)(tags.Length >> 14 & 127), (byte)(tags.Length >> 7 & 127), (byte)(tags.Length & 127), .. tags, .. Enumerable.Repeat(sound, 20).SelectMany(b => b)];
    }

    /// <summary>One page with a line of text.</summary>
    public static byte[] Pdf()
    {
        const string page = "BT /F1 24 Tf 72 700 Td (The walrus) Tj ET";
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            $"<< /Length {page.Length} >>\nstream\n{page}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Title (On walruses) /Author (Ada) /CreationDate (D:20260301123000Z) >>",
        ];
        var text = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(text.Length);
            text.Append($"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }
        var table = text.Length;
        text.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets) text.Append($"{offset:D10} 00000 n \n");
        text.Append($"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    public static byte[] Mail() => Encoding.UTF8.GetBytes("""
        From: Ada Walker <ada@example.org>
        To: Bo <bo@example.org>, cy@example.org
        Subject: About the walrus
        Date: Sun, 01 Mar 2026 12:30:00 +0000
        Message-ID: <1@example.org>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="x"

        --x
        Content-Type: text/plain; charset=utf-8

        The walrus was here.
        --x
        Content-Type: application/octet-stream
        Content-Disposition: attachment; filename="tusk.bin"
        Content-Transfer-Encoding: base64

        AAEC
        --x--

        """.ReplaceLineEndings("\r\n"));

    public static byte[] Docx() => Zip(
        ("[Content_Types].xml", "<Types/>"), ("docProps/core.xml", "<c:coreProperties xmlns:c=\"c\" xmlns:dc=\"d\" xmlns:t=\"t\"><dc:title>Walrus report</dc:title><dc:creator>Ada</dc:creator><t:created>2026-03-01T12:30:00Z</t:created></c:coreProperties>"),
        ("docProps/app.xml", "<Properties><Pages>3</Pages></Properties>"),
        ("word/document.xml", "<w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>The walrus</w:t></w:r></w:p><w:p><w:r><w:t>swims.</w:t></w:r></w:p></w:body></w:document>"));

    public static byte[] Odt() => Zip(
        ("mimetype", "application/vnd.oasis.opendocument.text"), ("meta.xml", "<o:m xmlns:o=\"o\" xmlns:dc=\"d\"><dc:title>Walrus notes</dc:title><dc:creator>Bo</dc:creator></o:m>"),
        ("content.xml", "<o:c xmlns:o=\"o\" xmlns:text=\"t\"><text:p>A walrus</text:p></o:c>"));

    public static byte[] Xlsx() => Zip(("xl/workbook.xml", "<workbook/>"), ("xl/sharedStrings.xml", "<sst><si><t>walrus</t></si><si><t>weight</t></si></sst>"));

    public static byte[] Pptx() => Zip(("ppt/presentation.xml", "<p/>"), ("ppt/slides/slide1.xml", "<s xmlns:a=\"a\"><a:p><a:t>Walrus facts</a:t></a:p></s>"));

    public static byte[] Html() => "<!DOCTYPE html><html><head><title>The &amp; walrus</title><script>var hidden = 1;</script></head><body><p>Big walrus</p></body></html>"u8.ToArray();

    public static byte[] Zip(params (string Name, string Text)[] members) => Zip([.. members.Select(member => (member.Name, Encoding.UTF8.GetBytes(member.Text)))]);

    public static byte[] Zip(IReadOnlyList<(string Name, byte[] Bytes)> members)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var stream = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
                stream.Write(content);
            }
        }
        return bytes.ToArray();
    }

    public static byte[] Tar()
    {
        var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var name in new[] { "a.txt", "walrus.txt", "c.txt" }) writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(name)) });
        }
        return bytes.ToArray();
    }

    public static byte[] GZip(byte[] plain)
    {
        var bytes = new MemoryStream();
        using (var stream = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(plain);
        return bytes.ToArray();
    }

    /// <summary>Files made to harm whoever reads them, by what they do; each small as a file.</summary>
    public static Dictionary<string, byte[]> Bombs()
    {
        var zeros = new byte[100 << 20];
        var deep = new StringBuilder("<a>");
        for (var i = 0; i < 100_000; i++) deep.Append("<b>");
        var laughs = new StringBuilder("<!DOCTYPE l [<!ENTITY a0 \"ha\">");
        for (var i = 1; i < 10; i++) laughs.Append($"<!ENTITY a{i} \"{string.Concat(Enumerable.Repeat($"&a{i - 1};", 10))}\">");
        laughs.Append("]><w:document xmlns:w=\"w\"><w:t>&a9;</w:t></w:document>");
        var nested = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n";
        for (var i = 0; i < 20_000; i++) nested += i < 200 ? $"--b{i}\r\nContent-Type: multipart/mixed; boundary=b{i + 1}\r\n\r\n" : "";
        return new Dictionary<string, byte[]>
        {
            ["zip-bomb.docx"] = Zip([("word/document.xml", [.. "<a>"u8, .. zeros.AsSpan(0, 90 << 20)])]),
            ["zeros.tar.gz"] = GZip([.. Tar().AsSpan(0, 1024), .. zeros]),
            ["laughs.docx"] = Zip(("word/document.xml", laughs.ToString())),
            ["deep.odt"] = Zip(("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", deep.ToString())),
            ["huge.png"] = Png(int.MaxValue, int.MaxValue),
            ["huge-jpeg.jpg"] = Jpeg(65535, 65535),
            ["nested.eml"] = Encoding.ASCII.GetBytes("From: a@b\r\nTo: c@d\r\nSubject: walrus\r\nMIME-Version: 1.0\r\n" + nested),
            ["deep.pdf"] = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj\n" + string.Concat(Enumerable.Repeat("[", 200_000)) + "\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"),
            ["loop.pdf"] = Encoding.ASCII.GetBytes("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000000 >>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \ntrailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n130\n%%EOF\n"),
            ["huge-tag.mp3"] = [.. "ID3"u8, 3, 0, 0, 0x7F, 0x7F, 0x7F, 0x7F, .. "TIT2"u8, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, .. new byte[100]],
            ["huge-chunk.wav"] = [.. "RIFF"u8, 0xFF, 0xFF, 0xFF, 0x7F, .. "WAVEfmt "u8, 0xFF, 0xFF, 0xFF, 0x7F, .. new byte[64]],
        };
    }

    /// <summary>A file with flipped bits, cut, or with a part of it repeated or zeroed.</summary>
    public static byte[] Mutated(byte[] file, Random random)
    {
        var bytes = file.ToArray();
        switch (random.Next(4))
        {
            case 0:
                for (var i = random.Next(1, 20); i > 0; i--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length)];
            case 2:
                bytes.AsSpan(random.Next(bytes.Length)).Fill((byte)(random.Next(2) * 255));
                return bytes;
            default:
                var (from, length) = (random.Next(bytes.Length), random.Next(64));
                return [.. bytes[..from], .. bytes.Skip(from).Take(length), .. bytes[from..]];
        }
    }

    private static void Tag(BinaryWriter write, int tag, short type, int count, int value)
    {
        write.Write((ushort)tag);
        write.Write(type);
        write.Write(count);
        write.Write(value);
    }

    private static byte[] Big16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Big32(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
