namespace Converge.Report.Figures;

/// <summary>Places equal dots along a line without hiding one behind another, as far as the room allows.</summary>
internal static class Beeswarm
{
    /// <summary>
    /// For every position the distance from the line at which its dot touches no earlier one: the nearest of 0, +1, -1, +2, -2 ... steps. Where
    /// the room on either side is used up, dots overlap at its edge.
    /// </summary>
    /// <param name="positions">Positions along the line, in pixels.</param>
    /// <param name="radius">The dots' radius.</param>
    /// <param name="room">The room on either side of the line.</param>
    public static double[] Offsets(IReadOnlyList<double> positions, double radius, double room)
    {
        var offsets = new double[positions.Count];
        var placed = new List<(double X, double Y)>();
        int steps = (int)((room - radius) / radius);
        foreach (int i in Enumerable.Range(0, positions.Count).OrderBy(i => positions[i]))
        {
            double x = positions[i];
            placed.RemoveAll(dot => dot.X < x - 2 * radius);
            var candidates = Enumerable.Range(0, 2 * steps + 1).Select(step => (step % 2 == 0 ? -1 : 1) * ((step + 1) / 2) * radius);
            offsets[i] = candidates.Cast<double?>().FirstOrDefault(y => placed.All(dot => Math.Pow(dot.X - x, 2) + Math.Pow(dot.Y - y!.Value, 2) >= 4 * radius * radius * 0.98))
                ?? (i % 2 == 0 ? room - radius : radius - room);
            placed.Add((x, offsets[i]));
        }
        return offsets;
    }
}
