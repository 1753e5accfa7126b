using PeerDrive.Cli.Running;

if (args is [ChangeTeller.Name]) return ChangeTeller.Run();
var shell = new Shell(Terminal.OfThisProcess(), TimeProvider.System, Environment.GetEnvironmentVariable);
return await shell.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
