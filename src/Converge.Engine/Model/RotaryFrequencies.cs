namespace Converge.Engine.Model;

/// <summary>The frequencies of rotary position embedding, scaled as the checkpoint asks.</summary>
public static class RotaryFrequencies
{
    /// <summary>[head width / 2] angles a position, in radians: theta^(-2i/d), then scaled.</summary>
    public static double[] Of(ModelConfig config)
    {
        int half = config.HeadDim / 2;
        var frequencies = new double[half];
        for (int i = 0; i < half; i++) frequencies[i] = Scaled(Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim), config.RopeScaling);
        return frequencies;
    }

    private static double Scaled(double frequency, RopeScaling scaling) => scaling.Kind switch
    {
        RopeScalingKind.Linear => frequency / scaling.Factor,
        RopeScalingKind.Llama3 => Llama3(frequency, scaling),
        _ => frequency,
    };

    // As Hugging Face's "llama3" (Llama 3.1): by wavelength against the original context length, with a linear ramp between the two bounds.
    private static double Llama3(double frequency, RopeScaling scaling)
    {
        double turns = scaling.OriginalMaxPositions * frequency / (2 * Math.PI);
        if (turns < scaling.LowFrequencyFactor) return frequency / scaling.Factor;
        if (turns > scaling.HighFrequencyFactor) return frequency;
        double smooth = (turns - scaling.LowFrequencyFactor) / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return (1 - smooth) * frequency / scaling.Factor + smooth * frequency;
    }
}
