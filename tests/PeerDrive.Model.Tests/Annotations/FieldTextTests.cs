using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tests.Annotations;

public class FieldTextTests
{
    [Theory]
    [InlineData(FieldType.Text, "", "")]
    [InlineData(FieldType.Number, "1e3", "1000")]
    [InlineData(FieldType.Number, "-0.5", "-0.5")]
    [InlineData(FieldType.Boolean, "yes", "true")]
    [InlineData(FieldType.Boolean, "false", "false")]
    [InlineData(FieldType.Time, "2026-03-01", "2026-03-01T00:00:00Z")]
    [InlineData(FieldType.Time, "2026-03-01T12:30+02:00", "2026-03-01T10:30:00Z")]
    [InlineData(FieldType.Time, "1900-01-01T00:00:00.5Z", "1900-01-01T00:00:00.5Z")]
    [InlineData(FieldType.Set, "b, a,,b", "a,b")]
    [InlineData(FieldType.Link, "000102030405060708090A0B0C0D0E0F", "000102030405060708090a0b0c0d0e0f")]
    [InlineData(FieldType.List, "[1, \"a\", [true]]", "[1,\"a\",[true]]")]
    [InlineData(FieldType.Map, "{\"b\": 1, \"a\": {\"c\": \"d\"}}", "{\"a\":{\"c\":\"d\"},\"b\":1}")]
    public void A_value_is_read_and_shown_as_people_write_it(FieldType type, string text, string shown)
    {
        var value = FieldText.Parse(type, text)!;
        Assert.Equal(type, FieldTypes.Of(value));
        Assert.Equal(shown, FieldText.Show(value));
        Assert.Equal(value, FieldText.Parse(type, shown));
    }

    [Theory]
    [InlineData(FieldType.Number, "")]
    [InlineData(FieldType.Number, "1,5")]
    [InlineData(FieldType.Number, "NaN")]
    [InlineData(FieldType.Number, "1e999")]
    [InlineData(FieldType.Boolean, "perhaps")]
    [InlineData(FieldType.Time, "soon")]
    [InlineData(FieldType.Time, "2026-13-01")]
    [InlineData(FieldType.Time, "0001-01-01")]
    [InlineData(FieldType.Link, "abc")]
    [InlineData(FieldType.List, "{}")]
    [InlineData(FieldType.List, "[null]")]
    [InlineData(FieldType.List, "[1")]
    [InlineData(FieldType.List, "[[[[[[[[[[1]]]]]]]]]]")]
    [InlineData(FieldType.Map, "{\"a\":1,\"a\":2}")]
    public void A_text_that_is_no_value_of_the_type_is_refused(FieldType type, string text) => Assert.Null(FieldText.Parse(type, text));

    [Fact]
    public void Every_type_has_a_name_that_leads_back_to_it_and_an_example()
    {
        foreach (var type in Enum.GetValues<FieldType>())
        {
            Assert.Equal(type, FieldTypes.Require(FieldTypes.NameOf(type)));
            Assert.NotEmpty(FieldText.Example(type));
        }
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => FieldTypes.Require("colour")).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" x")]
    [InlineData("-x")]
    [InlineData("+x")]
    [InlineData("a=b")]
    [InlineData("a,b")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    public void A_field_cannot_be_called_so(string name) => Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => KnownFields.RequireName(name)).Kind);

    [Fact]
    public void A_rating_is_a_whole_number_of_half_stars_and_a_tag_has_no_comma()
    {
        foreach (var wrong in new[] { -1, 11, 2.5, double.MaxValue }) Assert.NotNull(KnownFields.Fault("rating", new AnnotationValue.Number(wrong)));
        Assert.Null(KnownFields.Fault("rating", new AnnotationValue.Number(10)));
        Assert.Null(KnownFields.Fault("budget", new AnnotationValue.Number(2.5)));
        foreach (var wrong in new[] { "a,b", "", " a", "a\u0007", new string('x', 256) }) Assert.NotNull(KnownFields.Fault("tags", new AnnotationValue.TextSet([wrong])));
        Assert.NotNull(KnownFields.Fault("tags", new AnnotationValue.TextSet([.. Enumerable.Range(0, 1001).Select(n => $"t{n}")])));
        Assert.NotNull(KnownFields.Fault("note", new AnnotationValue.Text(new string('x', ModelLimits.FieldBytes + 1))));
        Assert.NotNull(KnownFields.Fault("note", new AnnotationValue.Text("a\0b")));
    }
}
