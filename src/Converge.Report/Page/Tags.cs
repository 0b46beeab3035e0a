using Converge.Report.Markup;
using Converge.Studies.Spec;

namespace Converge.Report.Page;

/// <summary>Tags that say where a statement or a number comes from.</summary>
internal static class Tags
{
    /// <summary>A tag behind what it stands for.</summary>
    public static MarkupWriter Write(MarkupWriter page, Standing tag) => page.Leaf("span", Names.Tag(tag), ("class", "tag"));

    /// <summary>What the tags mean.</summary>
    public static void WriteMeaning(MarkupWriter page)
    {
        page.Open("p").Text("Tags say where a question, a value or a statement comes from: ");
        Write(page, Standing.Known).Text(" stated in public sources on the paper, ");
        Write(page, Standing.Assumed).Text(" a default of this program where those sources are silent, never the paper's word, and ");
        Write(page, Standing.Ours).Text(" beyond the paper. Every number is this study's own; a tag is that of the quantity, not of its value.").Close();
    }
}
