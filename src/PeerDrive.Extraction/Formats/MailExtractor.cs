using MimeKit;

namespace PeerDrive.Extraction.Formats;

/// <summary>Sender, receivers, subject, date, attachments and text of a mail.</summary>
internal sealed class MailExtractor : IExtractor
{
    /// <summary>Parts inside parts.</summary>
    private const int MaxDepth = 16;

    public void Extract(Stream file, FoundSink found)
    {
        var options = new ParserOptions { MaxMimeDepth = MaxDepth };
        using var message = file.Length <= ExtractionLimits.MailBytes ? MimeMessage.Load(options, file) : new MimeMessage(HeaderList.Load(options, file));
        found.Add("from", message.From.ToString());
        found.AddSet("to", Names(message.To));
        found.AddSet("cc", Names(message.Cc));
        found.Add("subject", message.Subject);
        if (message.Date > DateTimeOffset.UnixEpoch) found.Add("date", message.Date);
        if (message.Body is null) return;
        var attachments = message.Attachments.ToList();
        found.Add("attachments", attachments.Count);
        found.AddText(message.Subject);
        found.AddText("\n");
        if (message.TextBody is { } text) found.AddText(text);
        else if (message.HtmlBody is { } html) HtmlText.AddTo(found, html);
        foreach (var attachment in attachments.OfType<MimePart>())
        {
            found.AddText("\n");
            found.AddText(attachment.FileName);
        }
    }

    private static IEnumerable<string?> Names(InternetAddressList addresses) => addresses.Mailboxes.Select(address => address.Address);
}
