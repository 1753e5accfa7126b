namespace PeerDrive.Posix.Conformance;

/// <summary>Arguments of a test that is run once for each row.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RowAttribute(params object[] values) : Attribute
{
    public object[] Values => values;
}
