using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

public sealed class UnitStoreTests : IDisposable
{
    private readonly StudyFolder _folder = new();
    private readonly UnitStore _store;

    public UnitStoreTests() => _store = new UnitStore(_folder.PathOf("out"));

    private static float[] Floats(int seed, int count) => [.. Enumerable.Range(seed, count).Select(i => MathF.Sin(i) * MathF.Pow(10, i % 7 - 3))];

    private static LoraAdapter Adapter(int seed)
    {
        var recipe = new LoraRecipe(2, 32, 0.05, [LinearLayer.VProj, LinearLayer.DownProj]);
        return new LoraAdapter(recipe, [.. Enumerable.Range(0, 2).Select(block => recipe.Targets.ToDictionary(target => target, target => new LoraPair(Floats(seed + block, 6), Floats(seed - block, 10))))]);
    }

    private static UnitRecord Record(bool adapters) => new()
    {
        Key = new UnitKey("m", "t", "base", "base", 3),
        Digest = "abc",
        Layers = 2,
        HiddenSize = 5,
        Instruction = "Say \"it\" \\ <b>\n\u00e9\u2028\U0001F600.",
        Demonstrations = ["d:1"],
        Queries = ["q:1", "q:2"],
        Answers = new LabelAnswers(["no", "yes"], [1, 0], [[7], [8, int.MaxValue]]),
        Prompts = [.. Enum.GetValues<Condition>().SelectMany(condition => new[] { "q:1", "q:2" }.Select(query => new PromptRecord(condition, query, $"text {query}", [1, 5, int.MaxValue], "yes")))],
        States = Enum.GetValues<Condition>().ToDictionary(condition => condition, condition => new ConditionStates(
            [float.Epsilon, -0f, .. Floats((int)condition, 28)], Floats(7 * (int)condition, 10), [-1 / 3.0, -1e-300, -745.1, 0])),
        TuningRows = [new TuningRow([1, 2, 3], 2)],
        TuningSteps = [new TuningStep(1, 1 / 3.0, 1e-17, 1e-4, 3)],
        Directions = [new AdapterDirections(1, "q_proj", 3, Floats(9, 6)), new AdapterDirections(2, "q_proj", 3, [])],
        Adapters = adapters ? (Adapter(1), Adapter(50)) : null,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_unit_comes_back_exactly_as_it_was_stored(bool adapters)
    {
        var saved = Record(adapters);
        _store.Save(saved);
        var loaded = _store.Load(saved.Key, saved.Digest);
        Assert.Equivalent(saved, loaded, strict: true);
        foreach (var condition in Enum.GetValues<Condition>())
        {
            Assert.Equal(Bits(saved.States[condition].ResidPost), Bits(loaded.States[condition].ResidPost));
            Assert.Equal(Bits(saved.States[condition].FinalNorm), Bits(loaded.States[condition].FinalNorm));
            Assert.Equal(saved.States[condition].AnswerLogProbabilities, loaded.States[condition].AnswerLogProbabilities);
        }
        Assert.Equal(adapters, loaded.Adapters is not null);
        if (adapters) Assert.Equal(Bits(saved.Adapters!.Value.Final.Blocks[1][LinearLayer.DownProj].B), Bits(loaded.Adapters!.Value.Final.Blocks[1][LinearLayer.DownProj].B));
    }

    [Fact]
    public void A_unit_without_labels_comes_back_with_its_references()
    {
        var labelled = Record(false);
        var saved = labelled with
        {
            Answers = new ReferenceAnswers([" jedna\n\"dvě\"", " b"], [[1, 2, int.MaxValue], [3]]),
            States = labelled.States.ToDictionary(entry => entry.Key, entry => entry.Value with { AnswerLogProbabilities = [-1 / 3.0, -745.1] }),
        };
        _store.Save(saved);
        Assert.Equivalent(saved, _store.Load(saved.Key, saved.Digest), strict: true);
        Assert.IsType<ReferenceAnswers>(_store.Load(saved.Key, saved.Digest).Answers);
        using var file = Engine.Checkpoints.SafetensorsFile.Open(_store.PathOf("abc"));
        Assert.Equal([2, 1], file.Tensors["icl/answer_log_probabilities"].Shape);
    }

    [Fact]
    public void The_same_unit_is_the_same_file()
    {
        _store.Save(Record(true));
        var first = File.ReadAllBytes(_store.PathOf("abc"));
        _store.Save(Record(true) with { Key = new UnitKey("x", "y", "base", "base", 0) });
        Assert.Equal(first, File.ReadAllBytes(_store.PathOf("abc")));
    }

    [Fact]
    public void Damage_of_any_byte_is_seen()
    {
        _store.Save(Record(true));
        var path = _store.PathOf("abc");
        var whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at += 23)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= 1;
            File.WriteAllBytes(path, bytes);
            if (!SaysTheSame(whole, bytes)) Assert.Throws<BadInputException>(() => _store.Load(Record(true).Key, "abc"));
        }
    }

    [Fact]
    public void A_file_that_is_cut_off_is_seen()
    {
        _store.Save(Record(false));
        var path = _store.PathOf("abc");
        var whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length += 97)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<BadInputException>(() => _store.Load(Record(false).Key, "abc"));
        }
    }

    [Fact]
    public void A_unit_under_anothers_name_is_seen()
    {
        _store.Save(Record(false));
        File.Copy(_store.PathOf("abc"), _store.PathOf("def"));
        Assert.Contains("holds another unit", StudyFolder.Refusal(() => _store.Load(Record(false).Key, "def")));
        Assert.Contains("the unit is not finished", StudyFolder.Refusal(() => _store.Load(Record(false).Key, "ghi")));
    }

    // White space that pads the header, and the value of "format", which no one reads, may change without altering a unit.
    private static bool SaysTheSame(byte[] whole, byte[] changed)
    {
        int at = Enumerable.Range(0, whole.Length).First(i => whole[i] != changed[i]);
        var text = System.Text.Encoding.Latin1.GetString(whole);
        int format = text.IndexOf("\"format\":\"pt\"", StringComparison.Ordinal);
        return at >= format && at < format + 13 || whole[at] == ' ' && text[at - 1] is ' ' or '}';
    }

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);

    public void Dispose() => _folder.Dispose();
}
