using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using Directory = MetadataExtractor.Directory;

namespace PeerDrive.Extraction.Formats;

/// <summary>Size of images, and what the camera noted. No pixel is decoded.</summary>
internal sealed class ImageExtractor : IExtractor
{
    /// <summary>Directories that tell the size of the image itself, not of a preview in it, the best first.</summary>
    private static readonly string[] Sized = ["JPEG", "PNG-IHDR", "GIF Header", "BMP Header", "WebP", "HEIC Primary Item Properties", "PSD Header", "Exif IFD0", "Exif SubIFD"];

    public void Extract(Stream file, FoundSink found)
    {
        var directories = ImageMetadataReader.ReadMetadata(file);
        foreach (var (field, tag) in new[] { ("width", "Image Width"), ("height", "Image Height") })
        {
            foreach (var name in Sized)
            {
                if (Number(directories.FirstOrDefault(directory => directory.Name == name), tag) is not (> 0 and var pixels)) continue;
                found.Add(field, pixels);
                break;
            }
        }
        var camera = directories.OfType<ExifIfd0Directory>().FirstOrDefault();
        var shot = directories.OfType<ExifSubIfdDirectory>().FirstOrDefault();
        found.Add("camera", Camera(camera?.GetString(ExifDirectoryBase.TagMake), camera?.GetString(ExifDirectoryBase.TagModel)));
        found.Add("lens", shot?.GetString(ExifDirectoryBase.TagLensModel));
        found.Add("taken", Taken(shot) ?? Taken(camera));
        found.Add("title", camera?.GetString(ExifDirectoryBase.TagImageDescription));
        found.Add("artist", camera?.GetString(ExifDirectoryBase.TagArtist));
        found.Add("copyright", camera?.GetString(ExifDirectoryBase.TagCopyright));
        found.Add("orientation", Double(camera, ExifDirectoryBase.TagOrientation));
        found.Add("iso", Double(shot, ExifDirectoryBase.TagIsoEquivalent));
        found.Add("aperture", Double(shot, ExifDirectoryBase.TagFNumber));
        found.Add("exposure", Double(shot, ExifDirectoryBase.TagExposureTime));
        found.Add("focal length", Double(shot, ExifDirectoryBase.TagFocalLength));
        if (directories.OfType<GpsDirectory>().FirstOrDefault()?.GetGeoLocation() is { IsZero: false } place)
        {
            found.Add("latitude", place.Latitude);
            found.Add("longitude", place.Longitude);
        }
    }

    private static string? Camera(string? make, string? model)
    {
        (make, model) = (make?.Trim(' ', '\0'), model?.Trim(' ', '\0'));
        return string.IsNullOrEmpty(model) ? make : string.IsNullOrEmpty(make) || model.StartsWith(make, StringComparison.OrdinalIgnoreCase) ? model : $"{make} {model}";
    }

    /// <summary>Cameras note their own time without a zone: it is taken as if it were UTC.</summary>
    private static DateTimeOffset? Taken(Directory? directory)
    {
        foreach (var tag in new[] { ExifDirectoryBase.TagDateTimeOriginal, ExifDirectoryBase.TagDateTimeDigitized, ExifDirectoryBase.TagDateTime })
        {
            if (directory is not null && directory.TryGetDateTime(tag, out var time)) return new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
        }
        return null;
    }

    private static double? Double(Directory? directory, int tag) => directory is not null && directory.TryGetDouble(tag, out var value) ? value : null;

    private static double? Number(Directory? directory, string name) =>
        directory?.Tags.FirstOrDefault(tag => tag.Name == name) is { } found && directory.TryGetInt64(found.Type, out var value) ? value : null;
}
