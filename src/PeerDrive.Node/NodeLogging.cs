using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace PeerDrive.Node;

/// <summary>The node's log: lines on the standard error stream.</summary>
internal static class NodeLogging
{
    /// <summary>trace, debug, information (the default), warning, error or none.</summary>
    private const string LevelVariable = "PEERDRIVE_LOG";

    public static ILoggerFactory Create() => LoggerFactory.Create(builder =>
    {
        var level = Enum.TryParse<LogLevel>(Environment.GetEnvironmentVariable(LevelVariable), ignoreCase: true, out var named) ? named : LogLevel.Information;
        builder.SetMinimumLevel(level);
        // The platform's own messages are of use only to who looks for a fault in it.
        if (level > LogLevel.Debug) builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
