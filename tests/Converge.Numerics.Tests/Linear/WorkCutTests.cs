namespace Converge.Numerics.Tests.Linear;

/// <summary>Products are cut into panels and pieces: each part belongs to exactly one of them.</summary>
public sealed class WorkCutTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(LanePanels.Widest)]
    public void Panels_cover_every_vector_once_and_are_wide(int widest)
    {
        for (int vectors = 1; vectors <= 100; vectors++)
        {
            var panels = new LanePanels(vectors, widest);
            int next = 0;
            for (int panel = 0; panel < panels.Count; panel++)
            {
                Assert.Equal(next, panels.First(panel));
                Assert.InRange(panels.Width(panel), vectors == 1 ? 1 : widest == LanePanels.Widest && vectors is not (2 or 5) ? 3 : 2, widest);
                next += panels.Width(panel);
            }
            Assert.Equal(vectors, next);
            Assert.Equal(vectors, panels.First(panels.Count));
        }
    }

    [Theory, InlineData(1, 1), InlineData(2, 1), InlineData(5, 1), InlineData(2, 2), InlineData(3, 7)]
    public void Pieces_cover_all_work_once_and_do_not_grow(int threads, int least)
    {
        for (int total = 0; total <= 200; total++)
        {
            var pieces = new GuidedPieces(total, threads, least);
            int next = 0, before = int.MaxValue;
            for (int i = 0; i < pieces.Count; i++)
            {
                var (start, end) = pieces.Piece(i);
                Assert.Equal(next, start);
                Assert.InRange(end - start, i == pieces.Count - 1 ? 1 : least, before);
                (next, before) = (end, end - start);
            }
            Assert.Equal(total, next);
        }
    }
}
