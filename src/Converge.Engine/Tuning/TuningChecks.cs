using Converge.Engine.Capture;
using Converge.Engine.Model;

namespace Converge.Engine.Tuning;

/// <summary>Refuses data that cannot be tuned on, before anything is computed.</summary>
internal static class TuningChecks
{
    /// <exception cref="BadInputException">There is no row, a row has no target token, is too long or has a token out of range.</exception>
    public static void Check(string name, IReadOnlyList<TuningRow> rows, TuningRecipe recipe, ModelConfig config)
    {
        if (rows.Count == 0) throw new BadInputException(name, "there is no training row", "Give at least one");
        if (recipe.Steps < 1 || recipe.BatchSize < 1) throw new BadInputException(name, $"{recipe.Steps} steps with {recipe.BatchSize} rows each", "Give at least one step and one row");
        for (int i = 0; i < rows.Count; i++)
        {
            string where = $"{name}, training row {i + 1}";
            PromptChecks.CheckTokens(where, rows[i].Tokens, config);
            if (rows[i].LossFrom < 1 || rows[i].LossFrom >= rows[i].Tokens.Length)
                throw new BadInputException(where, $"the loss is to begin at token {rows[i].LossFrom} of {rows[i].Tokens.Length}, which leaves no target token", "Begin at 1 or later and before the row's end");
        }
    }

    /// <exception cref="BadInputException">The loss is NaN or infinite.</exception>
    public static void CheckLoss(string name, int step, double loss)
    {
        if (!double.IsFinite(loss))
            throw new BadInputException(name, $"the loss of step {step} is not finite", "Lower the learning rate, or check the checkpoint's weights with 'converge inspect'");
    }
}
