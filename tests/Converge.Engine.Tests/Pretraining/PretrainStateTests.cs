using Converge.Engine.Model;
using Converge.Engine.Pretraining;
using Converge.Engine.Tests.Checkpoints;

namespace Converge.Engine.Tests.Pretraining;

/// <summary>A pretraining in a file.</summary>
public sealed class PretrainStateTests
{
    private static readonly Dictionary<string, string> s_notes = new() { ["place"] = "12 é \"x\"", ["updates"] = "is taken" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_that_was_saved_and_loaded_goes_on_as_if_it_had_never_stopped(bool muon)
    {
        using var folder = new TemporaryFolder();
        using var whole = TinyTraining.Start();
        var update = muon ? TinyTraining.Muon : TinyTraining.AdamW;
        for (int i = 0; i < 3; i++) whole.Step(TinyTraining.Batch(i), update);
        PretrainState.Save(folder.PathOf("state"), whole, s_notes);
        using var again = PretrainState.Load(folder.PathOf("state"), TinyTraining.Config, threads: 2);
        Assert.Equal(3, again.Updates);
        TinyTraining.AssertSame(whole, again);
        for (int i = 3; i < 6; i++) Assert.Equal(whole.Step(TinyTraining.Batch(i), update).GradientNorm, again.Step(TinyTraining.Batch(i), update).GradientNorm);
        TinyTraining.AssertSame(whole, again);
    }

    [Fact]
    public void Notes_come_back_with_it()
    {
        using var folder = new TemporaryFolder();
        using var trainer = TinyTraining.Start();
        trainer.Step(TinyTraining.Batch(0), TinyTraining.AdamW);
        PretrainState.Save(folder.PathOf("state"), trainer, s_notes);
        var notes = PretrainState.Notes(folder.PathOf("state"));
        Assert.Equal(("12 é \"x\"", "1"), (notes["place"], notes["updates"]));
    }

    [Fact]
    public void A_state_of_another_shape_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (var trainer = TinyTraining.Start()) PretrainState.Save(folder.PathOf("state"), trainer, s_notes);
        var config = TinyTraining.Config;
        ModelConfig[] others =
        [
            config with { VocabSize = 22 }, config with { IntermediateSize = 30 }, config with { HiddenSize = 20 }, config with { Layers = 1 }, config with { Layers = 3 }, config with { KeyValueHeads = 3 },
            config with { TieWordEmbeddings = true }, config with { QkvBias = false }, config with { OutputBias = false },
        ];
        foreach (var other in others)
        {
            var error = Assert.Throws<BadInputException>(() => PretrainState.Load(folder.PathOf("state"), other, 1));
            Assert.Equal(folder.PathOf("state"), error.Where);
        }
        PretrainState.Load(folder.PathOf("state"), config, 1).Dispose();
    }

    [Theory]
    [InlineData("\"updates\":\"1x\"")]
    [InlineData("\"updatez\":\"12\"")]
    [InlineData("\"updates\":\"-1\"")]
    public void A_state_that_does_not_say_its_updates_is_refused(string after)
    {
        using var folder = new TemporaryFolder();
        using var trainer = TinyTraining.Start();
        trainer.Updates = 12;
        PretrainState.Save(folder.PathOf("state"), trainer, new Dictionary<string, string>());
        byte[] bytes = File.ReadAllBytes(folder.PathOf("state")), from = System.Text.Encoding.ASCII.GetBytes("\"updates\":\"12\"");
        int at = bytes.AsSpan().IndexOf(from);
        Assert.True(at > 0);
        System.Text.Encoding.ASCII.GetBytes(after).CopyTo(bytes, at);
        folder.Write("state", bytes);
        Assert.Contains("does not say how many updates it holds", Assert.Throws<BadInputException>(() => PretrainState.Load(folder.PathOf("state"), TinyTraining.Config, 1)).Message);
    }
}
