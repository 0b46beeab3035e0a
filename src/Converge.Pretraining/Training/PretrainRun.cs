using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Pretraining;
using Converge.Engine.Tokenizers;
using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Training;

/// <summary>A training in a folder: goes on where an earlier one stopped, and leaves a Hugging Face checkpoint.</summary>
internal sealed class PretrainRun : IDisposable
{
    private const string StateFile = "state.safetensors", LogFile = "training.jsonl", LossesNote = "losses";
    // The share of the past in the running mean of a gate: about the last fifty updates count.
    private const double GateMemory = 0.98;
    private const int GatePatience = 100;
    private const ulong ValidationSeed = 0x76616C6964;

    private readonly PretrainRecipe _recipe;
    private readonly string _folder;
    private readonly Pretrainer _trainer;
    private readonly BatchFeed _feed;
    private readonly TrainingBatch _validation;
    private readonly List<TrainingRecord> _records;
    private FeedPosition _position;
    // Since the last record.
    private KindLosses _losses;

    private PretrainRun(PretrainRecipe recipe, string folder, Tokenizer tokenizer, Pretrainer trainer, FeedPosition position, KindLosses losses)
    {
        (_recipe, _folder, _trainer, _position, _losses) = (recipe, folder, trainer, position, losses);
        _feed = new BatchFeed(new CorpusGenerator(recipe.Seed), tokenizer, recipe) { NextDocument = position.NextDocument };
        _validation = new BatchFeed(new CorpusGenerator(ValidationSeed), tokenizer, recipe).Next(recipe.Stages[^1].Mixture, heldOut: true);
        _records = RecordFile.Read(Path.Combine(folder, LogFile), trainer.Updates);
    }

    /// <summary>Begins, or goes on from the folder's state.</summary>
    /// <exception cref="BadInputException">The folder holds the training of another recipe, or with other grammars, or a checkpoint that does not go on.</exception>
    public static PretrainRun Open(PretrainRecipe recipe, string folder, int threads)
    {
        var (state, digest) = (Path.Combine(folder, StateFile), RecipeDigest.Of(recipe));
        // Before anything is written: the folder may belong to another training, whose tokenizer must stay as it is.
        var notes = File.Exists(state) ? PretrainState.Notes(state) : null;
        if (notes is null && HoldsCheckpoint(folder)) throw new BadInputException(folder, "holds a checkpoint without the state of a training to go on with", "Give another --out, or delete the folder");
        var position = notes is null ? null : FeedPosition.FromNotes(state, notes);
        if (position is not null && position.Recipe != digest) throw new BadInputException(state, "belongs to a training with another recipe or other grammars", "Give another --out, or delete the folder");
        var losses = notes?.TryGetValue(LossesNote, out var note) == true ? KindLosses.FromNote(state, note) : new KindLosses();
        var tokenizer = position is null ? TrainedTokenizer.Make(recipe, folder) : Tokenizer.Load(folder);
        var config = recipe.Model with { VocabSize = tokenizer.VocabSize, BosId = tokenizer.BosId, EosIds = [tokenizer.EosId!.Value] };
        var trainer = position is null ? Pretrainer.Start(config, recipe.Initial, recipe.Seed, threads) : PretrainState.Load(state, config, threads);
        return new PretrainRun(recipe, folder, tokenizer, trainer, position ?? FeedPosition.Start(digest), losses);
    }

    /// <summary>Whether all stages are done.</summary>
    public bool IsDone => _position.Stage == _recipe.Stages.Count;

    /// <summary>Whether the last update was the last of its stage.</summary>
    public bool IsAtStageEnd => _position.StageTokens == 0;

    /// <summary>Updates so far.</summary>
    public int Updates => _trainer.Updates;

    /// <summary>Tokens so far.</summary>
    public long Tokens => _position.Tokens;

    /// <summary>
    /// Operations of the weights' matrix products in training on one token: two forward and four backward for each weight of a linear layer and the head.
    /// </summary>
    public double FlopsPerToken => 6.0 * (_trainer.Config.LinearParametersPerLayer * _trainer.Config.Layers + (long)_trainer.Config.VocabSize * _trainer.Config.HiddenSize);

    /// <summary>The log so far.</summary>
    public IReadOnlyList<TrainingRecord> Records => _records;

    /// <summary>One update.</summary>
    public double Step()
    {
        var stage = _recipe.Stages[_position.Stage];
        var batch = _feed.Next(stage.Mixture);
        bool last = _position.Stage == _recipe.Stages.Count - 1;
        double rate = _recipe.Optimiser.LearningRate * _recipe.Schedule.At(_trainer.Updates + 1, last ? _position.StageTokens / (double)stage.Tokens : 0);
        var (losses, norm) = _trainer.Step(batch.Sequences(_recipe.OtherTokens), _recipe.Optimiser with { LearningRate = rate });
        _losses.Add(batch, losses, others: _recipe.OtherTokens > 0);
        (LastStage, LastRate, LastNorm) = (stage.Name, rate, norm);
        Advance(stage, batch, losses);
        return norm;
    }

    private string LastStage { get; set; } = "";

    private double LastRate { get; set; }

    private double LastNorm { get; set; }

    /// <summary>Closes a stretch of updates: adds a record of it to the log.</summary>
    /// <param name="validate">Whether the loss on held-out documents is measured.</param>
    public TrainingRecord Record(bool validate)
    {
        ValidationLoss? validation = null;
        if (validate)
        {
            var losses = new KindLosses();
            losses.Add(_validation, _trainer.Losses(_validation.Sequences(1)), others: true);
            validation = new ValidationLoss(losses.Mean(_ => true), losses.Other);
        }
        var record = new TrainingRecord(_trainer.Updates, LastStage, _position.Tokens, LastRate, LastNorm, _losses.Mean(_ => true), _losses.Other, new Dictionary<string, double>(_losses.ByKind), validation);
        _losses = new KindLosses();
        _records.Add(record);
        return record;
    }

    /// <summary>Writes the log, the state, and a checkpoint in bfloat16 with its card. Losses since the last record are in the state, so that the log goes on as if nothing had stopped.</summary>
    public void Save()
    {
        // In this order: going on drops records beyond the state, and a folder with a checkpoint has the state to it.
        RecordFile.Write(Path.Combine(_folder, LogFile), _records);
        var notes = new Dictionary<string, string>(_position.ToNotes(), StringComparer.Ordinal);
        if (!_losses.IsEmpty) notes[LossesNote] = _losses.ToNote();
        PretrainState.Save(Path.Combine(_folder, StateFile), _trainer, notes);
        CheckpointWriter.Write(_folder, _trainer.Config, _trainer.Weights, ElementType.BF16);
        if (_records.Count > 0) ModelCard.Write(_folder, _recipe, _trainer.Config, _trainer.ParameterCount, _records);
    }

    /// <inheritdoc/>
    public void Dispose() => _trainer.Dispose();

    private static bool HoldsCheckpoint(string folder) =>
        Directory.Exists(folder) && (File.Exists(Path.Combine(folder, "config.json")) || Directory.EnumerateFiles(folder, "*.safetensors*").Any());

    private void Advance(PretrainStage stage, TrainingBatch batch, IReadOnlyList<double[]> losses)
    {
        double gate = _position.GateLoss;
        long stageTokens = _position.StageTokens + batch.Tokens;
        bool passed = false;
        if (stage.Until is { } until)
        {
            var own = new KindLosses();
            own.Add(batch, losses, others: false);
            if (own.Mean(until.Counts) is { } loss) gate = double.IsNaN(gate) ? loss : GateMemory * gate + (1 - GateMemory) * loss;
            passed = stageTokens > (long)GatePatience * _recipe.BatchTokens && gate < until.Loss;
        }
        bool over = passed || stageTokens >= stage.Tokens;
        _position = _position with
        {
            Stage = over ? _position.Stage + 1 : _position.Stage,
            StageTokens = over ? 0 : stageTokens,
            Tokens = _position.Tokens + batch.Tokens,
            NextDocument = _feed.NextDocument,
            GateLoss = over ? double.NaN : gate,
        };
    }
}
