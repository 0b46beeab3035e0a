using Converge.Numerics;

namespace Converge.Pretraining.Corpus;

/// <summary>Plain narrative text.</summary>
/// <param name="grammar">A grammar with the rule story and the lists that {hero} and {place} are drawn from: name and place.</param>
internal sealed class StoryDocuments(Grammar grammar)
{
    /// <summary>A story; held-out names, places and other words take part where <paramref name="heldOut"/> says so.</summary>
    public Document Draw(RandomStream random, bool heldOut)
    {
        var nothing = new Dictionary<string, IReadOnlyList<string>>();
        string One(string rule) => new Expansion(grammar, random, nothing, heldOut).Of(rule);
        var bound = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["hero"] = [One("name")], ["place"] = [One("place")] };
        return new Document("story", [new DocumentPart(new Expansion(grammar, random, bound, heldOut).Of("story"), false)]);
    }
}
