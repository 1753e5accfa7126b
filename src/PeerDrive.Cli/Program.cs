using PeerDrive.Cli.Running;

var shell = new Shell(Terminal.OfThisProcess(), TimeProvider.System, Environment.GetEnvironmentVariable);
return await shell.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
