using Converge.Engine.Capture;
using Converge.Engine.Generation;
using Converge.Engine.Tuning;

namespace Converge.Engine.Model;

/// <summary>A loaded model: runs prompts and tunes adapters. Every result is a pure function of (weights, prompt, adapter).</summary>
public abstract class LanguageModel : IDisposable
{
    /// <summary>The model's shape.</summary>
    public abstract ModelConfig Config { get; }

    /// <summary>What was read so far of weights that do not fit into memory; null where they do.</summary>
    public virtual WeightReading? Reading => null;

    /// <summary>
    /// Runs prompts and keeps what the request names. The states of a prompt do not depend, in any bit, on the other prompts, on prefix
    /// sharing or on the number of threads.
    /// </summary>
    /// <param name="prompts">The prompts; each names an index into <paramref name="adapters"/>, or -1.</param>
    /// <param name="request">What to keep.</param>
    /// <param name="adapters">The adapters that prompts may run under.</param>
    /// <param name="progress">Told the number of tokens done so far, if given.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="BadInputException">A prompt is empty, too long, has an id twice or a token out of range; or weights are not finite.</exception>
    public abstract CapturedStates Capture(
        IReadOnlyList<Prompt> prompts, CaptureRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default);

    /// <summary>Continues prompts greedily. A continuation does not depend, in any token, on the other prompts or on the number of threads.</summary>
    /// <param name="prompts">The prompts; each names an index into <paramref name="adapters"/>, or -1.</param>
    /// <param name="request">How far.</param>
    /// <param name="adapters">The adapters that prompts may run under.</param>
    /// <param name="progress">Told the number of prompts done so far, if given.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <returns>The continuations, in the order of the prompts.</returns>
    /// <exception cref="BadInputException">A prompt is empty, too long, has an id twice or a token out of range; or logits are not finite.</exception>
    public abstract IReadOnlyList<GeneratedTokens> Generate(
        IReadOnlyList<Prompt> prompts, GenerationRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default);

    /// <summary>
    /// Tunes many adapters side by side, in one pass over the base weights a step. The result of a job does not depend, in any bit, on the
    /// other jobs or on the number of threads.
    /// </summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="progress">Told the number of tokens done so far, if given.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>The results, in the order of the jobs.</returns>
    /// <exception cref="BadInputException">A row has no target token, is too long or has a token out of range; or the loss is not finite.</exception>
    public abstract IReadOnlyList<TuningResult> Tune(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress = null, CancellationToken cancellation = default);

    /// <summary>
    /// Tunes a copy of all weights, in memory (four times the parameters: weights, gradients, two moments), and hands the tuned model to
    /// <paramref name="use"/> while it is alive. This model stays as it is. The result does not depend, in any bit, on the number of threads.
    /// </summary>
    /// <param name="rows">The data; at least one row.</param>
    /// <param name="recipe">The optimiser.</param>
    /// <param name="use">Receives the tuned model, which is disposed of after the call.</param>
    /// <param name="progress">Told the number of tokens done so far, if given.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>All updates.</returns>
    /// <exception cref="BadInputException">A row has no target token, is too long or has a token out of range; the loss is not finite; or memory is too short.</exception>
    public abstract IReadOnlyList<TuningStep> TuneFully(
        IReadOnlyList<TuningRow> rows, TuningRecipe recipe, Action<LanguageModel> use, IProgress<long>? progress = null, CancellationToken cancellation = default);

    /// <inheritdoc/>
    public abstract void Dispose();
}
