using Converge.Engine.Tuning;
using Converge.Numerics;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Tests;

/// <summary>Units whose states are made by a rule, so that every metric is known beforehand.</summary>
internal static class PlantedUnits
{
    public const int Layers = 5, Width = 12, Queries = 8;

    /// <summary>The state of a query at a layer; layer <see cref="Layers"/> + 1 stands for the final norm.</summary>
    public delegate float[] StateRule(Condition condition, int run, int query, int layer);

    /// <summary>ICL and IT leave exactly the same states, away from the anchor.</summary>
    public static StateRule IclEqualsIt { get; } = (condition, run, query, layer) =>
        Plus(Noise(0, run, query, layer), Noise(condition == Condition.Anchor ? 1 : 2, run, query, layer));

    /// <summary>The demonstrations in the prompt change nothing; tuning does.</summary>
    public static StateRule IclDoesNothing { get; } = (condition, run, query, layer) =>
        condition == Condition.It ? Plus(Noise(0, run, query, layer), Noise(2, run, query, layer)) : Noise(0, run, query, layer);

    /// <summary>Tuning changes nothing; the demonstrations do.</summary>
    public static StateRule ItDoesNothing { get; } = (condition, run, query, layer) =>
        condition == Condition.Icl ? Plus(Noise(0, run, query, layer), Noise(2, run, query, layer)) : Noise(0, run, query, layer);

    /// <summary>ICL and IT leave the anchor in exactly opposite directions, IT twice as far.</summary>
    public static StateRule OppositeDirections { get; } = (condition, run, query, layer) => condition switch
    {
        Condition.Icl => Plus(Noise(0, run, query, layer), Noise(2, run, query, layer)),
        Condition.It => Plus(Noise(0, run, query, layer), Noise(2, run, query, layer), -2),
        _ => Noise(0, run, query, layer),
    };

    /// <summary>ICL equals IT at layer 3; elsewhere IT stays near the anchor.</summary>
    public static StateRule OnlyLayer3Converges { get; } = (condition, run, query, layer) => condition switch
    {
        Condition.Icl => Plus(Noise(0, run, query, layer), Noise(2, run, query, layer)),
        Condition.It when layer == 3 => Plus(Noise(0, run, query, layer), Noise(2, run, query, layer)),
        Condition.It => Plus(Noise(0, run, query, layer), Noise(3, run, query, layer), 0.25f),
        _ => Noise(0, run, query, layer),
    };

    /// <summary>All states share one large direction, so that every cosine is near 1; ICL and IT differ from the anchor only by noise.</summary>
    public static StateRule OneDirection { get; } = (condition, run, query, layer) =>
        Plus([40, .. new float[Width - 1]], Noise((int)condition, run, query, layer));

    /// <summary>A unit whose states follow <paramref name="rule"/>; by default every condition answers every query rightly.</summary>
    public static UnitRecord Unit(StateRule rule, int run, Func<Condition, int, double[]>? logProbabilities = null, string task = "sentiment", string model = "planted",
        string factor = "base", string level = "base", string text = "A film. Sentiment:", string[]? labels = null)
    {
        labels ??= ["negative", "positive"];
        int[] gold = [.. Enumerable.Range(0, Queries).Select(query => (query + run) % 2)];
        logProbabilities ??= (_, query) => gold[query] == 0 ? [-0.5, -1] : [-1, -0.5];
        string[] queries = [.. Enumerable.Range(0, Queries).Select(query => $"q{run}-{query}")];
        return new UnitRecord
        {
            Key = new UnitKey(model, task, factor, level, run),
            Digest = $"{run:x8}",
            Layers = Layers,
            HiddenSize = Width,
            Instruction = $"Say how the reviewer felt ({run}).",
            Demonstrations = [$"d{run}-0", $"d{run}-1"],
            Queries = queries,
            Answers = new LabelAnswers(labels, gold, [.. labels.Select((_, i) => new[] { 30 + i })]),
            Prompts = [.. queries.SelectMany((query, i) => Conditions.All.Select(condition =>
                new PromptRecord(condition, query, $"{condition.Name()} {query}: {text}", [1, 17 + i, 4 + (int)condition], labels[gold[i]])))],
            States = Conditions.All.ToDictionary(condition => condition, condition => new ConditionStates(
                [.. from query in Enumerable.Range(0, Queries) from layer in Enumerable.Range(0, Layers + 1) from x in rule(condition, run, query, layer) select x],
                [.. from query in Enumerable.Range(0, Queries) from x in rule(condition, run, query, Layers + 1) select x],
                [.. from query in Enumerable.Range(0, Queries) from x in logProbabilities(condition, query) select x])),
            TuningRows = [new TuningRow([1, 5, 6, 7], 3), new TuningRow([1, 8, 9, 10], 3)],
            TuningSteps = [.. Enumerable.Range(1, 10).Select(step => new TuningStep(step, 2.0 / step + 0.01 * run, 1.0 / step, 1e-4, 8))],
        };
    }

    /// <summary>
    /// A unit of a task without labels. The reference of query q has 1 + q mod 3 tokens, and its text " ř" and one letter more for each of them;
    /// <paramref name="logProbability"/> gives that of the whole reference.
    /// </summary>
    public static UnitRecord Translation(StateRule rule, int run, Func<Condition, int, double> logProbability, string task = "lexicon", string text = "dog. Czech:")
    {
        var unit = Unit(rule, run, (condition, query) => [logProbability(condition, query)], task, text: text);
        string Target(int query) => "ř" + new string('x', query % 3);
        return unit with
        {
            Answers = new ReferenceAnswers(
                [.. Enumerable.Range(0, Queries).Select(query => " " + Target(query))],
                [.. Enumerable.Range(0, Queries).Select(query => Enumerable.Range(40, 1 + query % 3).ToArray())]),
            Prompts = [.. unit.Prompts.Select((prompt, i) => prompt with { Answer = Target(i / Conditions.All.Count) })],
        };
    }

    /// <summary>The units of runs 0 .. <paramref name="runs"/> - 1.</summary>
    public static IEnumerable<UnitRecord> Runs(StateRule rule, int runs = 8) => Enumerable.Range(0, runs).Select(run => Unit(rule, run));

    // Multiples of 1/64 below 4: sums and differences of a few are exact in float32, so that equal and opposite shifts are exactly so.
    private static float[] Noise(int source, int run, int query, int layer) =>
        [.. Enumerable.Range(0, Width).Select(i => (float)Math.Round(64 * Math.Clamp(Philox.NormalAt((ulong)(source + 1), (ulong)(run * 100 + layer), (ulong)(query * Width + i)), -4, 4)) / 64)];

    private static float[] Plus(float[] a, float[] b, float factor = 1) => [.. a.Zip(b, (x, y) => x + factor * y)];
}
