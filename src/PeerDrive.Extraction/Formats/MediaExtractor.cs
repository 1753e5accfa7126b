using TagLib;

namespace PeerDrive.Extraction.Formats;

/// <summary>Tags and duration of audio and video. No sound and no picture is decoded.</summary>
internal sealed class MediaExtractor : IExtractor
{
    public void Extract(Stream file, FoundSink found)
    {
        using var media = TagLib.File.Create(new ReadOnlyFile(file, "content." + found.Format), ReadStyle.Average);
        var tag = media.Tag;
        found.Add("title", tag?.Title);
        found.AddSet("artist", tag?.Performers ?? []);
        found.Add("album", tag?.Album);
        found.AddSet("genre", tag?.Genres ?? []);
        found.Add("year", tag?.Year is > 0 and < 3000 and var year ? year : null);
        found.Add("track", tag?.Track is > 0 and var track ? track : null);
        found.Add("composer", tag?.FirstComposer);
        if (media.Properties is not { } properties) return;
        found.Add("duration", properties.Duration > TimeSpan.Zero ? Math.Round(properties.Duration.TotalSeconds, 3) : null);
        found.Add("bitrate", properties.AudioBitrate > 0 ? properties.AudioBitrate : null);
        found.Add("sample rate", properties.AudioSampleRate > 0 ? properties.AudioSampleRate : null);
        found.Add("channels", properties.AudioChannels > 0 ? properties.AudioChannels : null);
        found.Add("width", properties.VideoWidth > 0 ? properties.VideoWidth : null);
        found.Add("height", properties.VideoHeight > 0 ? properties.VideoHeight : null);
    }

    private sealed class ReadOnlyFile(Stream file, string name) : TagLib.File.IFileAbstraction
    {
        public string Name => name;

        public Stream ReadStream => file;

        public Stream WriteStream => throw new NotSupportedException("A content is only read.");

        public void CloseStream(Stream stream)
        {
            // The worker's.
        }
    }
}
