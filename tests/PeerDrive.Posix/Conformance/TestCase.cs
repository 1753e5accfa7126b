using System.Reflection;
using System.Runtime.ExceptionServices;

namespace PeerDrive.Posix.Conformance;

/// <summary>One test with its arguments.</summary>
internal sealed record TestCase(Type Suite, MethodInfo Method, object[] Arguments)
{
    public string Name { get; } =
        $"{Suite.Name}.{Method.Name}" + (Arguments.Length == 0 ? "" : $"({string.Join(", ", Arguments.Select(Show))})");

    public bool NeedsRoot => Suite.IsDefined(typeof(NeedsRootAttribute)) || Method.IsDefined(typeof(NeedsRootAttribute));

    /// <summary>All tests of this program, in the order of their names.</summary>
    public static IEnumerable<TestCase> All() =>
        from suite in typeof(TestCase).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Suite))).OrderBy(type => type.Name, StringComparer.Ordinal)
        from method in suite.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        from row in RowsOf(suite, method)
        select new TestCase(suite, method, row);

    /// <summary>Runs it in the working directory.</summary>
    public void Run()
    {
        var suite = (Suite)Activator.CreateInstance(Suite)!;
        try
        {
            Method.Invoke(suite, Arguments);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
        finally
        {
            suite.CloseAll();
        }
    }

    private static IEnumerable<object[]> RowsOf(Type suite, MethodInfo method)
    {
        if (method.GetCustomAttribute<RowsOfAttribute>() is { } rows)
            return (IEnumerable<object[]>)suite.GetProperty(rows.Property, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        var direct = method.GetCustomAttributes<RowAttribute>().Select(row => row.Values).ToList();
        return direct.Count > 0 ? direct : [[]];
    }

    private static string Show(object value) => value is string text ? $"\"{text}\"" : $"{value}";
}
