using Converge.Cli.Hosting;

return App.Run(args, Console.Out, Console.Error);
