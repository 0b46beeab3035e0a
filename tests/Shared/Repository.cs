namespace Converge.Tests;

/// <summary>Where tests find the repository's files, and the optional third-party material beside it.</summary>
internal static class Repository
{
    /// <summary>The repository's root: the nearest folder above the test binary that holds the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Optional models, tokenizers and data sets beside the repository; tests that need them skip where absent.</summary>
    public static string Shared { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>The full path of a file or folder of the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The full path of something in shared/, or skips the running test, naming what is missing.</summary>
    public static string SharedOrSkip(params string[] parts)
    {
        var path = Path.Combine([Shared, .. parts]);
        Skip.IfNot(Path.Exists(path), $"needs {Path.Combine(["shared", .. parts])} beside the repository");
        return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Converge.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("Converge.slnx was not found above the test binary");
    }
}
