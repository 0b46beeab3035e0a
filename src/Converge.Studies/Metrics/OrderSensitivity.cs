namespace Converge.Studies.Metrics;

/// <summary>M13: how much the order of the demonstrations changes the next token's distribution (Shen et al. 2024).</summary>
public static class OrderSensitivity
{
    /// <summary>
    /// The sum over the vocabulary of the standard deviation of p(token) over the orders, dividing by their number; 0 where the order does not matter.
    /// Null with fewer than two orders.
    /// </summary>
    /// <param name="orders">For each order, log-probabilities over the vocabulary after the same query.</param>
    public static double? Of(IReadOnlyList<float[]> orders)
    {
        if (orders.Count < 2) return null;
        double sum = 0;
        for (int token = 0; token < orders[0].Length; token++)
        {
            // Distances from the first order, so that equal orders give exactly 0.
            double first = Math.Exp(orders[0][token]), mean = 0, squares = 0;
            foreach (var order in orders) mean += (Math.Exp(order[token]) - first) / orders.Count;
            foreach (var order in orders)
            {
                double distance = Math.Exp(order[token]) - first - mean;
                squares += distance * distance;
            }
            sum += Math.Sqrt(squares / orders.Count);
        }
        return sum;
    }
}
