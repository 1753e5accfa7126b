using PeerDrive.Cli.Running;

if (args is [ExtractWorker.Name]) return ExtractWorker.Run();
var shell = new Shell(Terminal.OfThisProcess(), TimeProvider.System, Environment.GetEnvironmentVariable);
return await shell.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
