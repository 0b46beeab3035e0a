using System.Globalization;

namespace Converge.Cli.Display;

/// <summary>Numbers as people read them.</summary>
internal static class Quantities
{
    private static readonly (string Name, double Bytes)[] Units = [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1)];

    /// <summary>Bytes in binary multiples: <c>1.5 MiB</c>.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:0.0} KiB",
        < 1024L * 1024 * 1024 => $"{bytes / (1024.0 * 1024):0.0} MiB",
        _ => $"{bytes / (1024.0 * 1024 * 1024):0.00} GiB",
    };

    /// <summary>The bytes of a size as <see cref="Bytes"/> writes it, or in decimal multiples (<c>MB</c>, <c>GB</c>); null for anything else and for nothing at all.</summary>
    public static long? ParseBytes(string text)
    {
        var unit = Units.FirstOrDefault(unit => text.EndsWith(unit.Name, StringComparison.OrdinalIgnoreCase));
        if (unit.Name is null || !double.TryParse(text.AsSpan(0, text.Length - unit.Name.Length).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return null;
        double bytes = number * unit.Bytes;
        return bytes is >= 1 and < long.MaxValue ? (long)bytes : null;
    }

    /// <summary>A count with separators: <c>12,345</c>.</summary>
    public static string Count(double count) => count switch
    {
        < 10 when count != Math.Floor(count) => $"{count:0.0}",
        _ => $"{count:N0}",
    };

    /// <summary>A count of things: <c>1 row</c>, <c>1,200 rows</c>.</summary>
    public static string Of(long count, string thing) => $"{count:N0} {thing}{(count == 1 ? "" : "s")}";

    /// <summary>A time: <c>0.8 s</c>, <c>2 min 05 s</c>, <c>3 h 07 min</c>.</summary>
    public static string Time(TimeSpan time)
    {
        if (time.TotalSeconds < 9.95) return $"{time.TotalSeconds:0.0} s";
        long seconds = (long)Math.Round(time.TotalSeconds);
        return seconds switch
        {
            < 60 => $"{seconds} s",
            < 3600 => $"{seconds / 60} min {seconds % 60:00} s",
            _ => $"{seconds / 3600} h {seconds / 60 % 60:00} min",
        };
    }
}
