using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using PeerDrive.Client.Contracts;
using PeerDrive.Node.Web;

namespace PeerDrive.Node.Api.Descriptions;

/// <summary>The API as an OpenAPI 3.1 document, made of the routes and of the contracts' types.</summary>
/// <seealso href="https://spec.openapis.org/oas/v3.1.1.html"/>
internal sealed partial class OpenApi
{
    private const string Json = "application/json", Bytes = "application/octet-stream", ProblemMedia = "application/problem+json";

    private readonly SortedDictionary<string, JsonNode> schemas = new(StringComparer.Ordinal);
    private readonly ContractTexts texts = ContractTexts.Read(typeof(Problem));
    private readonly JsonSerializerOptions contracts;

    private OpenApi(JsonSerializerOptions contracts) => this.contracts = contracts;

    /// <param name="contracts">How contracts are written.</param>
    /// <param name="version">Of the program.</param>
    public static JsonObject Document(IReadOnlyList<ApiRoute> routes, JsonSerializerOptions contracts, string version)
    {
        var api = new OpenApi(contracts);
        var paths = new JsonObject();
        foreach (var path in routes.GroupBy(route => route.Path).OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var route in path) item[route.Method.ToLowerInvariant()] = api.Operation(route);
            paths["/" + path.Key] = item;
        }
        var problem = api.Schema(typeof(Problem));
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "PeerDrive", ["version"] = version,
                ["description"] = "What a PeerDrive node can be asked, by the node's socket or over TCP on this device. A time is ISO 8601, a size is bytes. Whoever changes something in a browser's session sends the session's requestToken along.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = ApiRoutes.Root.TrimEnd('/') }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["session"] = new JsonArray(), ["request"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(api.schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))),
                ["responses"] = new JsonObject { ["Problem"] = new JsonObject { ["description"] = "It was refused, or failed.", ["content"] = Content(ProblemMedia, problem) } },
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "What stands in the file api-token in the node's home." },
                    ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = "peerdrive-{device}" },
                    ["request"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = WebGuard.RequestHeader },
                },
            },
        };
    }

    private JsonObject Operation(ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["operationId"] = OperationId(route),
            ["summary"] = route.Operation.Summary,
            ["tags"] = new JsonArray(route.Path.Split('/')[0]),
        };
        JsonNode[] parameters = [.. PathPart().Matches(route.Path).Select(part => Parameter(part.Groups[1].Value, "path", true, ApiParameters.PathParts[part.Groups[1].Value], TypeSchema("string"))),
            .. route.Operation.Query.Select(parameter => Parameter(parameter.Name, "query", parameter.IsRequired, parameter.Meaning, parameter.IsMany
                ? new JsonObject { ["type"] = "array", ["items"] = TypeSchema(parameter.Type) } : TypeSchema(parameter.Type))),
            .. route.Operation.Headers.Select(header => Parameter(header.Name, "header", header.IsRequired, header.Meaning, TypeSchema(header.Type)))];
        if (parameters.Length > 0) operation["parameters"] = new JsonArray(parameters);
        if (route.Operation.Takes is { } taken) operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Json, Schema(taken)) };
        if (route.Operation.TakesBytes is { } media) operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(media, new JsonObject()) };
        operation["responses"] = Responses(route.Operation);
        if (route.Operation.IsOpen) operation["security"] = new JsonArray(new JsonObject());
        return operation;
    }

    private JsonObject Responses(ApiOperation operation)
    {
        var answer = operation switch
        {
            { Media: { } media } => Content(media, media.StartsWith("text/", StringComparison.Ordinal) ? TypeSchema("string") : new JsonObject()),
            { Answers: { } answered } => Content(Json, Schema(answered)),
            _ => null,
        };
        var responses = answer is null
            ? new JsonObject { [operation.Done.ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["description"] = "Done." } }
            : new JsonObject { ["200"] = new JsonObject { ["description"] = "The answer.", ["content"] = answer } };
        if (operation.HasRanges)
        {
            responses["206"] = new JsonObject { ["description"] = "The part that was asked for.", ["content"] = Content(Bytes, new JsonObject()) };
            responses["304"] = new JsonObject { ["description"] = "It is what is known already." };
            responses["416"] = new JsonObject { ["description"] = "It has no such part." };
        }
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        return responses;
    }

    /// <summary>A reference for a contract, otherwise the schema itself.</summary>
    private JsonNode Schema(Type type)
    {
        if (type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return new JsonObject { ["type"] = "array", ["items"] = Schema(type.GenericTypeArguments[0]) };
        if (type.Assembly == typeof(Problem).Assembly) Define(type);
        return type.Assembly == typeof(Problem).Assembly ? Reference(type) : contracts.GetJsonSchemaAsNode(type);
    }

    private void Define(Type contract)
    {
        // Known before it is made: a contract may contain itself.
        if (!schemas.TryAdd(contract.Name, new JsonObject())) return;
        schemas[contract.Name] = contracts.GetJsonSchemaAsNode(contract, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (at, schema) => Transform(contract, at, schema),
        });
    }

    private JsonNode Transform(Type contract, JsonSchemaExporterContext at, JsonNode schema)
    {
        // What may be anything has the schema "true", which readers know less well than the one that says nothing.
        if (schema is JsonValue) schema = new JsonObject();
        if (at.Path.IsEmpty)
        {
            if (texts.Of(contract) is { } about && schema is JsonObject whole) whole.Insert(0, "description", about);
            return schema;
        }
        var type = Nullable.GetUnderlyingType(at.TypeInfo.Type) ?? at.TypeInfo.Type;
        if (type.Assembly == contract.Assembly)
        {
            var isNullable = schema is JsonObject { } named && named["type"] is JsonArray;
            Define(type);
            schema = isNullable ? new JsonObject { ["anyOf"] = new JsonArray(Reference(type), TypeSchema("null")) } : Reference(type);
        }
        if (at.PropertyInfo is { } property && schema is JsonObject described && property.DeclaringType == contract && texts.Of(contract, ((System.Reflection.MemberInfo)property.AttributeProvider!).Name) is { } meaning)
            described.Insert(0, "description", meaning);
        return schema;
    }

    private static JsonObject Reference(Type contract) => new() { ["$ref"] = $"#/components/schemas/{contract.Name}" };

    private static JsonObject TypeSchema(string type) => new() { ["type"] = type };

    private static JsonObject Content(string media, JsonNode schema) => new() { [media] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Parameter(string name, string place, bool isRequired, string meaning, JsonNode schema) =>
        new() { ["name"] = name, ["in"] = place, ["required"] = isRequired, ["description"] = meaning, ["schema"] = schema };

    /// <summary>A name for programs that make clients: <c>getVolumesEntries</c>.</summary>
    private static string OperationId(ApiRoute route) => route.Method.ToLowerInvariant()
        + string.Concat(route.Path.Replace("{action}", "action", StringComparison.Ordinal).Split('/', '-', '.').Select(part =>
            part is ['{', ..] ? "By" + char.ToUpperInvariant(part[1]) + part[2..^1] : char.ToUpperInvariant(part[0]) + part[1..]));

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathPart();
}
