using System.Text.Json;
using Converge.Engine.Checkpoints;
using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

/// <summary>Answers that a study has decoded.</summary>
public sealed class DecodedAnswersTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public DecodedAnswersTests()
    {
        RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);
        _folder.TranslateToo();
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("full")]
    public void They_are_the_greedy_continuations_of_each_condition_as_long_as_the_reference(string method)
    {
        var plan = _folder.Plan("runs=1", "tuning.learning_rate=1e-2", "tuning.epochs=2", $"tuning.method={method}", "metrics=[generation]", "keep=[adapters, prompts]");
        StudyRunner.Run(plan, _folder.PathOf(method), new RunOptions { Threads = 1 });
        var records = StudyOutput.Open(_folder.PathOf(method)).Units().ToList();
        // A task with labels decodes nothing.
        Assert.Empty(records[0].Decoded);
        var (unit, record) = (plan.Units[1], records[1]);
        using var checkpoint = Checkpoint.Open(_folder.PathOf("model"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 1);
        var tokenizer = Tokenizer.Load(_folder.PathOf("model"));
        var decoded = record.Decoded.ToDictionary(one => one.Condition, one => one.Texts);
        Assert.Equal([Condition.Anchor, Condition.Icl, Condition.It], decoded.Keys);
        Check(model, null, Condition.Anchor);
        Check(model, null, Condition.Icl);
        if (method == "lora") Check(model, record.Adapters!.Value.Final, Condition.It);
        else model.TuneFully(unit.Content.TuningRows, unit.Tuning, own => Check(own, null, Condition.It));
        Assert.NotEqual(decoded[Condition.Anchor], decoded[Condition.It]);
        var lines = File.ReadLines(_folder.PathOf($"{method}/prompts.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("task").GetString() == "lexicon" && line.GetProperty("condition").GetString() == "icl");
        Assert.Equal(decoded[Condition.Icl], lines.Select(line => line.GetProperty("decoded").GetString()!));

        void Check(LanguageModel with, LoraAdapter? adapter, Condition condition)
        {
            int query = 0;
            foreach (var prompt in unit.Content.Prompts.Where(prompt => prompt.Condition == condition))
            {
                // The bytes of the reference " kun" are its tokens.
                int most = prompt.Answer.Length + 1;
                var tokens = with.Generate([new Prompt("p", prompt.Tokens, adapter is null ? -1 : 0)], new GenerationRequest { MaxNewTokens = most, StopTokens = new TextGenerator(with, tokenizer).StopTokens }, adapter is null ? [] : [adapter])[0].Tokens;
                string text = tokenizer.Decode([prompt.Tokens[^1], .. tokens])[1..];
                Assert.Equal(text.Split('\n')[0].Trim(), decoded[condition][query++]);
            }
        }
    }

    [Fact]
    public void Their_passes_are_counted_by_hand()
    {
        _folder.Write("known.tsv", "english\tother\nw\tv\n");
        _folder.Write("unknown.tsv", "english\tother\na\tbc\nb\td\n");
        _folder.Change("lexicon.yaml", "[Translate it., Say it otherwise.]", "[I]");
        _folder.Change("study.yaml", "[task.yaml, lexicon.yaml]", "[lexicon.yaml]");
        var cost = _folder.Plan("runs=1", "queries=2", "demonstrations.count=1", "metrics=[generation]").Cost;
        // 14 tokens zero-shot, of which 8 are common, and 14 more in context (" v" and "In: w\nOut:" with the separator); of " bc" and " d" two and one are run.
        Assert.Equal(2 * (8 + 2 * 6) + (22 + 2 * 6) + 3 * (2 + 1), cost.MeasuringTokens);
        double zeroShot = 14 * 15 / 2 + (14 * 15 - 8 * 9) / 2, inContext = 28 * 29 / 2 + (28 * 29 - 22 * 23) / 2;
        double after = 2 * (14 * 3 + 3 + 1) + 28 * 3 + 3 + 1;
        Assert.Equal(2 * 2 * 480 * (40 + 34 + 9) + 4 * 2 * 8 * (2 * zeroShot + inContext + after) + 2 * 267 * 8 * (6 + 9), cost.MeasuringFlops, 1e-6);
    }

    [Fact]
    public void They_end_at_a_line_feed_or_at_a_separator_that_shows()
    {
        var template = _folder.Load().Tasks[1].Template;
        Assert.Equal(["\n"], DecodedAnswers.EndsOf(template));
        Assert.Equal(["\n", " ; "], DecodedAnswers.EndsOf(template with { Separator = " ; " }));
        PlannedUnit Unit(params string[] overrides) => _folder.Plan(["runs=1", .. overrides]).Units[1];
        Assert.NotEqual(Unit().DigestFor("w"), Unit("metrics=[generation]").DigestFor("w"));
        Assert.Equal(_folder.Plan("runs=1").Units[0].DigestFor("w"), _folder.Plan("runs=1", "metrics=[generation]").Units[0].DigestFor("w"));
    }

    public void Dispose() => _folder.Dispose();
}
