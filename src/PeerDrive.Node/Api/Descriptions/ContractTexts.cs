using System.Xml.Linq;

namespace PeerDrive.Node.Api.Descriptions;

/// <summary>What the contracts' own documentation says of them: the XML file that the compiler makes of it lies beside the program.</summary>
internal sealed class ContractTexts
{
    private readonly Dictionary<string, XElement> members;

    private ContractTexts(Dictionary<string, XElement> members) => this.members = members;

    public static ContractTexts Read(Type anyContract)
    {
        var file = Path.Combine(AppContext.BaseDirectory, Path.ChangeExtension(anyContract.Module.Name, ".xml"));
        return new(File.Exists(file) ? XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value) : []);
    }

    /// <returns>Null: it says nothing.</returns>
    public string? Of(Type type) => Summary(Member($"T:{type.FullName}"));

    /// <summary>Of a property, or of the parameter of a record that it is made of.</summary>
    public string? Of(Type type, string property) =>
        Summary(Member($"P:{type.FullName}.{property}"))
        ?? Text(Member($"T:{type.FullName}")?.Elements("param").FirstOrDefault(parameter => parameter.Attribute("name")!.Value == property));

    private XElement? Member(string name) => members.GetValueOrDefault(name);

    private static string? Summary(XElement? member) => Text(member?.Element("summary"));

    private static string? Text(XElement? element)
    {
        if (element is null) return null;
        var words = string.Concat(element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" or "paramref" } named => (named.Attribute("cref") ?? named.Attribute("name"))!.Value.Split('.', ':')[^1],
            XElement other => other.Value,
            _ => "",
        }));
        return string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
