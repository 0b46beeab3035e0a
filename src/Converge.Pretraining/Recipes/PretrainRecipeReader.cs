using System.Globalization;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Pretraining;
using Converge.Pretraining.Corpus;
using Converge.Studies.Spec;

namespace Converge.Pretraining.Recipes;

/// <summary>Reads a recipe's YAML file.</summary>
internal static class PretrainRecipeReader
{
    private static readonly string[] LabelNames = [.. Enum.GetNames<LabelKind>().Select(name => name.ToLowerInvariant())];

    /// <exception cref="BadInputException">The file cannot be read, or does not fit; the first problem is named.</exception>
    public static PretrainRecipe Read(string path, IEnumerable<string> overrides)
    {
        var problems = new List<BadInputException>();
        var root = overrides.Select(SpecOverride.Parse).Aggregate((SpecNode)SpecFile.Read(path), (tree, change) => change.Apply(tree));
        var reader = new SpecReader((MapNode)root, "", problems);
        var recipe = new PretrainRecipe
        {
            File = Path.GetFullPath(path),
            Name = reader.Name("name"),
            Seed = reader.Seed("seed", 1),
            Tokenizer = Tokenizer(reader.Map("tokenizer", optional: false)),
            Model = Model(reader.Map("model", optional: false)),
            Initial = Initial(reader.Map("initial", optional: true)),
            Optimiser = Optimiser(reader.Map("optimiser", optional: true)),
            Schedule = Schedule(reader.Map("schedule", optional: true)),
            BatchTokens = reader.Int("batch_tokens", 4096, 64),
            LongestDocument = reader.Int("longest_document", 512, 16),
            OtherTokens = reader.Number("other_tokens", 0.3, value => value >= 0, "from 0"),
            Stages = reader.List("stages", (item, at) => Stage(reader.Item(item, at))),
        };
        if (recipe.LongestDocument > recipe.BatchTokens) reader.Problem("longest_document", $"{recipe.LongestDocument} is more than an update takes", "Lower it, or raise batch_tokens");
        if (recipe.LongestDocument > recipe.Model.MaxPositions) reader.Problem("longest_document", $"{recipe.LongestDocument} is more than the model's positions", "Lower it, or raise model.positions");
        if (recipe.OtherTokens == 0 && recipe.Stages.Any(stage => stage.Mixture.Documents.All(pair => pair.Value == 0 || !CorpusGenerator.HasAnswers(pair.Key))))
            reader.Problem("other_tokens", "is 0, and there is a stage whose documents have no answers to learn either", "Raise it, or add documents of another kind");
        reader.Close();
        return problems.Count == 0 ? recipe : throw problems[0];
    }

    private static TokenizerRecipe Tokenizer(SpecReader? reader)
    {
        if (reader is null) return new TokenizerRecipe(512, 1, 0);
        var recipe = new TokenizerRecipe(reader.Int("vocabulary", null, 259), reader.Int("documents", 20_000, 1), reader.Seed("seed", 0));
        reader.Close();
        return recipe;
    }

    private static ModelConfig Model(SpecReader? reader)
    {
        int Side(string key, int? fallback = null) => reader?.Int(key, fallback, 1) ?? 1;
        var (hidden, heads) = (Side("hidden"), Side("heads"));
        var config = new ModelConfig
        {
            Architecture = "LlamaForCausalLM",
            HiddenSize = hidden,
            IntermediateSize = Side("intermediate"),
            Layers = Side("layers"),
            Heads = heads,
            KeyValueHeads = Side("key_value_heads", heads),
            HeadDim = Math.Max(2, hidden / heads),
            VocabSize = 0,
            MaxPositions = Side("positions", 1024),
            RmsNormEps = 1e-5,
            RopeTheta = reader?.Number("rope_theta", 10000, value => value > 0, "above 0") ?? 1,
            TieWordEmbeddings = reader?.Bool("tied", true) ?? true,
        };
        if (hidden % heads != 0 || hidden / heads % 2 != 0) reader?.Problem("heads", $"{heads} heads do not divide {hidden} into even widths", "Choose a divisor");
        if (heads % config.KeyValueHeads != 0) reader?.Problem("key_value_heads", $"{config.KeyValueHeads} does not divide {heads} heads", "Choose a divisor");
        reader?.Close();
        return config;
    }

    private static InitialScales Initial(SpecReader? reader)
    {
        if (reader is null) return new InitialScales(0.05, 0.7, 0.2);
        double Scale(string key, double fallback) => reader.Number(key, fallback, value => value >= 0, "from 0");
        var scales = new InitialScales(Scale("embedding", 0.05), Scale("linear", 0.7), Scale("residual", 0.2));
        reader.Close();
        return scales;
    }

    private static PretrainUpdate Optimiser(SpecReader? reader)
    {
        if (reader is null) return new PretrainUpdate(3e-3, 0.9, 0.98, 1e-8, 0.05, 1);
        double Number(string key, double fallback, double below = double.PositiveInfinity) => reader.Number(key, fallback, value => value >= 0 && value < below, double.IsFinite(below) ? $"from 0 and below {below}" : "from 0");
        var update = new PretrainUpdate(Number("learning_rate", 3e-3), Number("beta1", 0.9, 1), Number("beta2", 0.98, 1), Number("epsilon", 1e-8), Number("weight_decay", 0.05), Number("largest_norm", 1), reader.Has("muon_momentum") ? Number("muon_momentum", 0.95, 1) : null);
        reader.Close();
        return update;
    }

    private static RateSchedule Schedule(SpecReader? reader)
    {
        if (reader is null) return new RateSchedule(100, 0.5, 0.05);
        var schedule = new RateSchedule(reader.Int("warm_up", 100, 1), reader.Number("decay_from", 0.5, value => value is >= 0 and < 1, "from 0 and below 1"), reader.Number("final", 0.05, value => value is >= 0 and <= 1, "from 0 to 1"));
        reader.Close();
        return schedule;
    }

    private static PretrainStage Stage(SpecReader? reader)
    {
        if (reader is null) return new PretrainStage("", 1, new CorpusMixture([], [], 1, 0, 0), null);
        var mixture = new CorpusMixture(
            Weights(reader, "documents", CorpusGenerator.Kinds),
            [.. Weights(reader, "labels", LabelNames).Select(pair => KeyValuePair.Create(Enum.Parse<LabelKind>(pair.Key, ignoreCase: true), pair.Value))],
            reader.Int("sentences", 17, 1), reader.Number("instructed", 0.5, value => value is >= 0 and <= 1, "from 0 to 1"), reader.Number("made_up", 0.5, value => value is >= 0 and <= 1, "from 0 to 1"));
        StageGate? gate = null;
        if (reader.Map("until", optional: true) is { } until)
        {
            gate = new StageGate(until.Text("kind"), until.Number("loss", 0, value => value > 0, "above 0"));
            if (!until.Has("loss")) until.Problem("loss", "is missing", "Add a line 'loss: ...'");
            if (until.Has("kind") && !KindsOf(mixture).Any(gate.Counts)) until.Problem("kind", $"'{OneLine.Of(gate.Kind)}' is none of the stage's kinds", $"Choose among {string.Join(", ", KindsOf(mixture))}");
            until.Close();
        }
        var stage = new PretrainStage(reader.Name("name"), reader.Int("tokens", null, 1), mixture, gate);
        reader.Close();
        return stage;
    }

    // As documents of the mixture name their kind.
    private static IEnumerable<string> KindsOf(CorpusMixture mixture) => mixture.Documents.Where(pair => pair.Value > 0).SelectMany(pair => CorpusGenerator.IsTask(pair.Key)
        ? mixture.Labels.Where(label => label.Value > 0).Select(label => $"{pair.Key}/{label.Key.ToString().ToLowerInvariant()}")
        : [pair.Key]);

    private static List<KeyValuePair<string, double>> Weights(SpecReader reader, string key, IReadOnlyCollection<string> known)
    {
        var weights = new List<KeyValuePair<string, double>>();
        foreach (var (name, text) in reader.Pairs(key))
        {
            if (!known.Contains(name)) reader.Problem(key, $"knows no '{OneLine.Of(name)}'{Spelling.Hint(name, known)}", $"Choose among {string.Join(", ", known)}");
            else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) || !(weight >= 0) || !double.IsFinite(weight)) reader.Problem(key, $"gives '{name}' the weight '{OneLine.Of(text)}'", "Give a number from 0");
            else weights.Add(KeyValuePair.Create(name, weight));
        }
        if (weights.Sum(weight => weight.Value) == 0) reader.Problem(key, "weighs nothing", "Give at least one a weight above 0");
        return weights;
    }
}
