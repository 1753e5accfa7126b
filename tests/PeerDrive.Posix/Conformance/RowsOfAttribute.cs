namespace PeerDrive.Posix.Conformance;

/// <summary>Names a static property of the suite that lists the rows of a test.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RowsOfAttribute(string property) : Attribute
{
    public string Property => property;
}
