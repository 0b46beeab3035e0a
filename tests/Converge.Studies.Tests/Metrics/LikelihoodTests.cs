using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

public class LikelihoodTests
{
    // Two references: tokens of probability 1/2, 1/4 and 1/4 (1/32 in all), and one of 1/8.
    private static readonly double[] Scores = [Math.Log(1 / 32.0), Math.Log(1 / 8.0)];
    private static readonly int[][] Tokens = [[5, 9, 9], [7]];

    [Fact]
    public void The_mean_is_over_a_references_tokens()
    {
        var values = Likelihood.PerQuery(Scores, Tokens);
        Assert.Equal(-5 * Math.Log(2) / 3, values[0]!.Value, 1e-15);
        Assert.Equal(-3 * Math.Log(2), values[1]!.Value, 1e-15);
    }

    [Fact]
    public void Perplexity_weighs_every_token_alike_not_every_reference()
    {
        // 8 bits over 4 tokens are 2 bits each: as uncertain as a choice among 4. The mean of the two references' own perplexities would be 5.6.
        Assert.Equal(4, Likelihood.Perplexity(Scores, Tokens)!.Value, 1e-12);
        Assert.Equal(1, Likelihood.Perplexity([0, 0], Tokens)!.Value);
    }

    [Fact]
    public void Bits_per_byte_counts_bytes_not_letters()
    {
        // " \u0159e\u010d" has 3 letters and a space in 6 bytes, " a" has 2: 8 bits over 8 bytes.
        Assert.Equal(1, Likelihood.BitsPerByte(Scores, [" \u0159e\u010d", " a"])!.Value, 1e-12);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void What_has_no_finite_log_probability_has_no_likelihood(double score)
    {
        double?[] values = Likelihood.PerQuery([score, Scores[1]], Tokens);
        Assert.Null(values[0]);
        Assert.NotNull(values[1]);
        Assert.Null(Likelihood.Perplexity([score, Scores[1]], Tokens));
        Assert.Null(Likelihood.BitsPerByte([score, Scores[1]], [" a", " b"]));
    }
}
