using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>Examples that may not be taken again, known by id and by normalised text: a query is never its own demonstration (METHOD, section 5).</summary>
internal sealed class TakenExamples
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Starts with some examples.</summary>
    public TakenExamples(params IEnumerable<Example> examples)
    {
        foreach (var example in examples) Add(example);
    }

    /// <summary>Whether the example, or one that says the same, is taken.</summary>
    public bool Has(Example example) => _ids.Contains(example.Id) || _texts.Contains(example.NormalisedText);

    /// <summary>Takes the example; false if it, or one that says the same, was taken before.</summary>
    public bool Add(Example example)
    {
        if (Has(example)) return false;
        _ids.Add(example.Id);
        _texts.Add(example.NormalisedText);
        return true;
    }
}
