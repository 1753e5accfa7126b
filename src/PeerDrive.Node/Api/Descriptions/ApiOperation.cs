using Microsoft.AspNetCore.Http;

namespace PeerDrive.Node.Api.Descriptions;

/// <summary>
/// What a route is for, what it takes and what it answers. The OpenAPI document says it, and <see cref="ApiCall"/> holds the handler and who asks to it.
/// </summary>
/// <param name="Summary">A sentence.</param>
internal sealed record ApiOperation(string Summary)
{
    private Type? answered;

    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    public IReadOnlyList<ApiParameter> Headers { get; init; } = [];

    /// <summary>What comes with the request as JSON; null: nothing, or <see cref="TakesBytes"/>.</summary>
    public Type? Takes { get; init; }

    /// <summary>Bytes of a file come with the request, and as what; null: none.</summary>
    public string? TakesBytes { get; init; }

    /// <summary>What is answered as JSON; null: nothing, or what <see cref="Media"/> says.</summary>
    public Type? Answers
    {
        get => answered;
        init
        {
            answered = value;
            // A list may be written as it is produced.
            Written = value is { IsGenericType: true } && value.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? typeof(IEnumerable<>).MakeGenericType(value.GenericTypeArguments) : value;
        }
    }

    /// <summary>Of an answer that is not JSON what it is.</summary>
    public string? Media { get; init; }

    /// <summary>Of an answer without a content.</summary>
    public int Done { get; init; } = StatusCodes.Status204NoContent;

    /// <summary>Parts of an answer can be asked for, and whether it changed.</summary>
    public bool HasRanges { get; init; }

    /// <summary>Nobody has to be known to ask it.</summary>
    public bool IsOpen { get; init; }

    private Type? Written { get; init; }

    public bool MayAnswer(Type type) => Written?.IsAssignableFrom(type) == true;
}
