using QRCoder;

namespace PeerDrive.Cli.Rendering;

/// <summary>QR codes from half blocks, dark on light whatever the terminal's colours are.</summary>
internal static class QrText
{
    public static string Draw(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var code = new AsciiQRCode(data);
        var rows = code.GetGraphicSmall(drawQuietZones: true, invert: false).Split('\n');
        return string.Join('\n', rows.Select(row => $"\u001b[97;40m{row.TrimEnd('\r')}\u001b[0m"));
    }
}
