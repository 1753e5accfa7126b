using PeerDrive.Fuse.Abi;

namespace PeerDrive.Fuse.Tests.Abi;

public sealed class AbiLayoutTests
{
    [Fact]
    public void Every_struct_has_the_size_that_the_kernel_uses()
    {
        Assert.All(AbiLayout.Sizes, row => Assert.Equal((row.Name, row.Expected), (row.Name, row.Size)));
        AbiLayout.Verify();
    }

    [Fact]
    public void Every_struct_is_in_the_table()
    {
        var structs = typeof(Incoming).GetNestedTypes().Concat(typeof(Outgoing).GetNestedTypes()).Select(type => type.Name);
        Assert.Equal(structs.Order(StringComparer.Ordinal), AbiLayout.Sizes.Select(row => row.Name).Order(StringComparer.Ordinal));
    }
}
