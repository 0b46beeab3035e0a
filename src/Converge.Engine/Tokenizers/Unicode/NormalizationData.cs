using System.Globalization;

namespace Converge.Engine.Tokenizers.Unicode;

/// <summary>
/// The tables of <c>normalization.txt</c>. The program runs with invariant globalisation, so that it needs no native ICU library; .NET's own
/// <c>string.Normalize</c> then changes nothing, silently.
/// </summary>
internal sealed class NormalizationData
{
    private static readonly Lazy<NormalizationData> Loaded = new(() => new NormalizationData());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _composites = [];

    private NormalizationData()
    {
        using var stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("normalization.txt")
            ?? throw new InvalidOperationException("The table of normalisation is not part of the program");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line[0] != '#')
                Take(line[0], line[2..].Split(' '));
    }

    /// <summary>The tables, read at first use.</summary>
    public static NormalizationData Instance => Loaded.Value;

    /// <summary>The canonical combining class of a code point.</summary>
    public byte Class(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>One step of decomposition of a code point, or null.</summary>
    public int[]? Decomposition(int codePoint, bool compatible)
        => _canonical.GetValueOrDefault(codePoint) ?? (compatible ? _compatible.GetValueOrDefault(codePoint) : null);

    /// <summary>The code point that a pair composes to, or null.</summary>
    public int? Composite(int first, int second) => _composites.TryGetValue((first, second), out var composite) ? composite : null;

    private void Take(char kind, string[] fields)
    {
        if (kind == 'c')
        {
            for (var x = Hex(fields[0]); x <= Hex(fields[1]); x++)
                _classes[x] = byte.Parse(fields[2]);
            return;
        }
        if (kind == 'k')
        {
            for (var (x, to) = (Hex(fields[0]), Hex(fields[2])); x <= Hex(fields[1]); x++, to++)
                _compatible[x] = [to];
            return;
        }
        int[] parts = [.. fields[1..].Select(Hex)];
        (kind == '+' ? _compatible : _canonical)[Hex(fields[0])] = parts;
        if (kind == '=')
            _composites[(parts[0], parts[1])] = Hex(fields[0]);
    }

    private static int Hex(string field) => int.Parse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
