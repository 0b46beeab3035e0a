using Converge.Engine;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;
using Converge.Pretraining.Training;

namespace Converge.Pretraining.Tests.Training;

/// <summary>What a training leaves beside its weights: the log, the place in the corpus, the recipe's fingerprint.</summary>
public sealed class TrainingFilesTests
{
    [Fact]
    public void A_log_comes_back_as_it_was_up_to_the_update_asked_for()
    {
        using var tiny = new TinyRecipe();
        TrainingRecord[] records =
        [
            new(10, "a", 2000, 0.25, 1.5, 0.1, 1 / 3.0, new Dictionary<string, double> { ["copy"] = 0.7, ["words/usual"] = double.NaN }, null),
            new(20, "b", 4000, 1e-3, double.PositiveInfinity, null, null, new Dictionary<string, double>(), new ValidationLoss(1, null)),
        ];
        RecordFile.Write(tiny["log"], records);
        Assert.Equal(2, File.ReadAllLines(tiny["log"]).Length);
        var read = RecordFile.Read(tiny["log"], 20);
        // Records compare their dictionaries by reference.
        Assert.Equal(records.Select(record => record with { ByKind = NoKinds }), read.Select(record => record with { ByKind = NoKinds }));
        Assert.Equal(records.SelectMany(record => record.ByKind), read.SelectMany(record => record.ByKind));
        Assert.Equal([10], RecordFile.Read(tiny["log"], 19).Select(record => record.Update));
        Assert.Empty(RecordFile.Read(tiny["none"], 20));
    }

    [Theory]
    [InlineData("{\"update\":")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    public void A_damaged_log_is_told(string line)
    {
        using var tiny = new TinyRecipe();
        File.WriteAllText(tiny["log"], line + "\n");
        Assert.Contains("is damaged", Assert.Throws<BadInputException>(() => RecordFile.Read(tiny["log"], 20)).Message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0.1 + 0.2)]
    public void A_place_in_the_corpus_comes_back_to_the_bit(double gate)
    {
        var position = new FeedPosition("abc", 2, 1L << 40, (1L << 41) + 1, 1L << 33, gate);
        Assert.Equal(position, FeedPosition.FromNotes("file", position.ToNotes()));
        Assert.Equal(new FeedPosition("abc", 0, 0, 0, 0, double.NaN), FeedPosition.Start("abc"));
    }

    [Fact]
    public void A_place_that_is_incomplete_or_no_number_is_told()
    {
        var notes = FeedPosition.Start("abc").ToNotes();
        foreach (var key in notes.Keys)
        {
            Assert.Equal("file", Assert.Throws<BadInputException>(() => FeedPosition.FromNotes("file", notes.Where(note => note.Key != key).ToDictionary())).Where);
            if (key != "recipe") Assert.Throws<BadInputException>(() => FeedPosition.FromNotes("file", notes.ToDictionary(note => note.Key, note => note.Key == key ? "x" : note.Value)));
        }
    }

    [Fact]
    public void The_fingerprint_of_a_recipe_is_its_contents_wherever_it_lies()
    {
        using TinyRecipe tiny = new(), other = new();
        var digest = RecipeDigest.Of(tiny.Read());
        Assert.Matches("^[0-9a-f]{64}$", digest);
        Assert.Equal(digest, RecipeDigest.Of(other.Read()));
        string[] changes =
        [
            "seed=4", "tokenizer.vocabulary=301", "tokenizer.documents=61", "tokenizer.seed=1", "model.hidden=32", "model.intermediate=25", "model.layers=2", "model.key_value_heads=1", "model.positions=256",
            "model.rope_theta=5", "model.tied=false", "batch_tokens=300", "longest_document=97", "other_tokens=0.2", "optimiser.learning_rate=0.02", "optimiser.beta1=0.5", "optimiser.beta2=0.5",
            "optimiser.epsilon=0.5", "optimiser.weight_decay=0.5", "optimiser.largest_norm=0.5", "optimiser.muon_momentum=0.5", "initial.embedding=0.5", "initial.linear=0.5", "initial.residual=0.5",
            "schedule.warm_up=4", "schedule.decay_from=0.4", "schedule.final=0.4", "stages.0.tokens=701", "stages.0.sentences=9", "stages.0.instructed=0.1", "stages.0.made_up=0.1",
            "stages.0.documents.copy=2", "stages.0.documents.story=1", "stages.0.labels.flipped=1", "stages.0.until={kind: copy, loss: 1}",
        ];
        var digests = changes.Select(change => RecipeDigest.Of(tiny.Read(change))).ToList();
        Assert.Equal(changes.Length + 1, digests.Append(digest).Distinct().Count());
    }

    [Fact]
    public void The_fingerprint_covers_names_and_texts_of_the_grammars()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read();
        string Digest(params (string, string)[] grammars) => RecipeDigest.Of(recipe, grammars.Select(grammar => KeyValuePair.Create(grammar.Item1, grammar.Item2)));
        var digest = Digest(("a", "x: y\n"), ("b", "z: w\n"));
        Assert.Equal(digest, Digest(("a", "x: y\r\n"), ("b", "z: w\r\n")));
        string[] others = [Digest(("a", "x: v\n"), ("b", "z: w\n")), Digest(("a", "x: y\n"), ("c", "z: w\n")), Digest(("a", "x: y\n")), Digest(("a", "x: y\nb"), ("", "z: w\n")), RecipeDigest.Of(recipe)];
        Assert.Equal(others.Length + 1, others.Append(digest).Distinct().Count());
        Assert.Equal(RecipeDigest.Of(recipe), Digest([.. Grammar.EmbeddedNames.Select(name => (name, Grammar.EmbeddedText(name)))]));
    }

    private static Dictionary<string, double> NoKinds { get; } = [];
}
