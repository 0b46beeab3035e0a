using Converge.Engine;
using Converge.Engine.Capture;
using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Pretraining.Measuring;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Measuring;

/// <summary>What is measured on readers of known ability.</summary>
public sealed class IclMeasurementTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    // Two batches, the second of them not full.
    private const int Episodes = 70;
    private static readonly string[] s_classes = [.. NumberTask.Grammar.Words("classes")];

    [Fact]
    public void A_reader_that_knows_the_task_is_always_right_under_usual_names_and_always_wrong_under_flipped_ones()
    {
        int[] Score(string prompt, string[] labels)
        {
            int ofQuery = Array.IndexOf(s_classes, NumberTask.Class(NumberTask.Inputs(prompt)[^1]));
            return [.. labels.Select(label => NumberTask.Grammar.Words("labels").Any(line => line.Split(' ')[ofQuery] == label) ? 1 : 0)];
        }

        Assert.All(Measure(Score, IclLabels.Usual).Points, point => Assert.Equal((Episodes, Episodes), (point.Right, point.Episodes)));
        Assert.All(Measure(Score, IclLabels.Flipped).Points, point => Assert.Equal(0, point.Right));
    }

    [Fact]
    public void A_reader_of_the_first_demonstration_is_right_from_it_on_and_at_chance_where_labels_are_shuffled()
    {
        // The query has the first demonstration's label if it is of its class, else the other one.
        int[] Score(string prompt, string[] labels)
        {
            var inputs = NumberTask.Inputs(prompt);
            if (inputs.Count == 1) return [0, 0];
            bool same = NumberTask.Class(inputs[0]) == NumberTask.Class(inputs[^1]);
            return [.. labels.Select(label => prompt.Split("\n\n")[0].EndsWith($": {label}", StringComparison.Ordinal) == same ? 1 : 0)];
        }

        var points = Measure(Score, IclLabels.Unseen).Points;
        Assert.Equal([0, 1, 2, 4, 8, 16], points.Select(point => point.Shots));
        Assert.InRange(points[0].Accuracy, 0.25, 0.75);
        Assert.All(points.Skip(1), point => Assert.Equal(Episodes, point.Right));
        Assert.All(Measure(Score, IclLabels.Unseen, shuffled: true).Points, point => Assert.InRange(point.Accuracy, 0.25, 0.75));
    }

    [Fact]
    public void The_same_seed_gives_the_same_episodes_and_another_one_others()
    {
        List<string> Prompts(ulong seed)
        {
            var prompts = new List<string>();
            Measure((prompt, labels) =>
            {
                prompts.Add(prompt);
                return new int[labels.Length];
            }, IclLabels.Random, seed: seed);
            return prompts;
        }

        var one = Prompts(1);
        Assert.Equal(Episodes * IclMeasurement.Shots.Count, one.Count);
        Assert.Equal(one, Prompts(1));
        // A short sentence may come twice, with no demonstration before it.
        Assert.InRange(one.Intersect(Prompts(2)).Count(), 0, Episodes / 5);
    }

    [Fact]
    public void A_model_that_is_too_short_for_the_demonstrations_is_told()
    {
        var reader = new Reader(folder.Tokenizer, (_, labels) => new int[labels.Length], positions: 100);
        var error = Assert.Throws<BadInputException>(() => new IclMeasurement(reader, folder.Tokenizer, 5, 1).Run(new IclCondition("number", IclLabels.Unseen, true, false)));
        Assert.Matches("^the model: takes 100 tokens, and a prompt of 16 demonstrations with its answer has [0-9]{3}. Measure one with more positions.$", error.Message);
    }

    private IclCurve Measure(Func<string, string[], int[]> score, IclLabels labels, bool shuffled = false, ulong seed = 1) =>
        new IclMeasurement(new Reader(folder.Tokenizer, score), folder.Tokenizer, Episodes, seed).Run(new IclCondition("number", labels, false, shuffled));

    /// <summary>Scores labels by their texts and that of their prompt.</summary>
    private sealed class Reader(Tokenizer tokenizer, Func<string, string[], int[]> score, int positions = 1000) : LanguageModel
    {
        public override ModelConfig Config { get; } = new()
        {
            Architecture = "LlamaForCausalLM",
            HiddenSize = 2,
            IntermediateSize = 2,
            Layers = 1,
            Heads = 1,
            KeyValueHeads = 1,
            HeadDim = 2,
            VocabSize = tokenizer.VocabSize,
            MaxPositions = positions,
            RmsNormEps = 1e-5,
            RopeTheta = 1e4,
            TieWordEmbeddings = true,
        };

        public override CapturedStates Capture(IReadOnlyList<Prompt> prompts, CaptureRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default)
        {
            var texts = prompts.Select(prompt => tokenizer.Decode(prompt.Tokens)).ToList();
            var scores = request.Continuations.GroupBy(continuation => continuation.Prompt).SelectMany(group => score(texts[group.Key], [.. group.Select(continuation => tokenizer.Decode(continuation.Tokens).TrimStart())]));
            return new CapturedStates([], [.. scores.Select(value => (double)value)]);
        }

        public override IReadOnlyList<TuningStep> TuneFully(
            IReadOnlyList<TuningRow> rows, TuningRecipe recipe, Action<LanguageModel> use, IProgress<long>? progress = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override IReadOnlyList<GeneratedTokens> Generate(
            IReadOnlyList<Prompt> prompts, GenerationRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override IReadOnlyList<TuningResult> Tune(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
