namespace Converge.Cli.Hosting;

/// <summary>How the program ends, for scripts.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something of ours went wrong.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or bad input: nothing that running again would mend.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by SIGINT or SIGTERM, cleanly: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
