using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Studies.Plan;
using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>
/// Texts as the model sees them: the state after the final norm, averaged over a text's tokens, less the average of all texts of the pool (which every state
/// shares, so that it says nothing of a text), scaled to length 1.
/// </summary>
internal sealed class MeanStates
{
    private const int TextsAPass = 512;

    private readonly Dictionary<string, Dictionary<int, double>> _vectors;

    private MeanStates(Dictionary<string, Dictionary<int, double>> vectors) => _vectors = vectors;

    /// <summary>Runs the texts of a task's two pools through a model.</summary>
    /// <param name="model">The model's tokenizer and shape.</param>
    /// <param name="started">The model itself.</param>
    /// <param name="data">The pools; the average is that of the demonstrations.</param>
    public static MeanStates Of(PlannedModel model, LanguageModel started, TaskData data)
    {
        string[] texts = [.. data.Demonstrations.Concat(data.Queries).Select(example => example.Text).Distinct(StringComparer.Ordinal)];
        var means = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var chunk in texts.Chunk(TextsAPass))
        {
            Prompt[] prompts = [.. chunk.Select((text, i) => new Prompt($"{i}", Tokens(model, text)))];
            var states = started.Capture(prompts, new CaptureRequest { Taps = CaptureTaps.None, Positions = Positions.All }, []);
            for (int i = 0; i < chunk.Length; i++) means[chunk[i]] = Mean(states.Prompts[i].FinalNorm, model.Config.HiddenSize);
        }
        var centre = new double[model.Config.HiddenSize];
        foreach (var example in data.Demonstrations)
            for (int i = 0; i < centre.Length; i++) centre[i] += means[example.Text][i] / data.Demonstrations.Count;
        return new MeanStates(means.ToDictionary(text => text.Key, text => Unit(text.Value, centre), StringComparer.Ordinal));
    }

    /// <summary>The vector of a text of one of the pools, by coordinate; empty where it is no other than the average.</summary>
    public Dictionary<int, double> Of(string text) => _vectors[text];

    private static int[] Tokens(PlannedModel model, string text)
    {
        int[] tokens = model.Tokenizer.Encode(text);
        return tokens.Length <= model.Config.MaxPositions ? tokens : tokens[..model.Config.MaxPositions];
    }

    private static double[] Mean(float[] states, int width)
    {
        var mean = new double[width];
        int positions = states.Length / width;
        for (int i = 0; i < states.Length; i++) mean[i % width] += (double)states[i] / positions;
        return mean;
    }

    private static Dictionary<int, double> Unit(double[] mean, double[] centre)
    {
        double[] centred = [.. mean.Zip(centre, (a, b) => a - b)];
        double length = Math.Sqrt(centred.Sum(value => value * value));
        return length > 0 ? centred.Select((value, i) => (value, i)).ToDictionary(pair => pair.i, pair => pair.value / length) : [];
    }
}
