using System.Globalization;
using Converge.Engine;

namespace Converge.Pretraining.Training;

/// <summary>Where a training stands in its corpus: with the weights, all that is needed to go on exactly.</summary>
/// <param name="Recipe">The digest of the recipe.</param>
/// <param name="Stage">The stage, from 0.</param>
/// <param name="StageTokens">Tokens of that stage so far.</param>
/// <param name="Tokens">Tokens of all stages so far.</param>
/// <param name="NextDocument">The index of the next document.</param>
/// <param name="GateLoss">The running mean that the stage's gate looks at, in nats; NaN before the first.</param>
internal sealed record FeedPosition(string Recipe, int Stage, long StageTokens, long Tokens, long NextDocument, double GateLoss)
{
    /// <summary>The beginning.</summary>
    public static FeedPosition Start(string recipe) => new(recipe, 0, 0, 0, 0, double.NaN);

    /// <summary>As notes of a state file.</summary>
    public IReadOnlyDictionary<string, string> ToNotes() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["recipe"] = Recipe,
        ["stage"] = Stage.ToString(CultureInfo.InvariantCulture),
        ["stage_tokens"] = StageTokens.ToString(CultureInfo.InvariantCulture),
        ["tokens"] = Tokens.ToString(CultureInfo.InvariantCulture),
        ["next_document"] = NextDocument.ToString(CultureInfo.InvariantCulture),
        ["gate_loss"] = GateLoss.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>From the notes of a state file.</summary>
    /// <exception cref="BadInputException">One is missing or malformed.</exception>
    public static FeedPosition FromNotes(string path, IReadOnlyDictionary<string, string> notes)
    {
        try
        {
            return new FeedPosition(
                notes["recipe"], int.Parse(notes["stage"], CultureInfo.InvariantCulture), long.Parse(notes["stage_tokens"], CultureInfo.InvariantCulture),
                long.Parse(notes["tokens"], CultureInfo.InvariantCulture), long.Parse(notes["next_document"], CultureInfo.InvariantCulture), double.Parse(notes["gate_loss"], CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or OverflowException)
        {
            throw new BadInputException(path, "does not say where the training stood", "Delete it to begin anew");
        }
    }
}
