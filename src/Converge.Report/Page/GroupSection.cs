using System.Globalization;
using Converge.Report.Markup;

namespace Converge.Report.Page;

/// <summary>Figures, tables and prompts of one group of runs.</summary>
internal static class GroupSection
{
    public static void Write(MarkupWriter page, GroupReport report, int index, int groups, bool isControl, ReportOptions options)
    {
        var number = (index + 1).ToString(CultureInfo.InvariantCulture);
        page.Open("section", ("id", "group-" + number));
        page.Leaf("h2", (groups == 1 ? "The similarities" : Names.Of(report.View.Group.Group)) + (isControl ? " (control C2)" : ""));
        if (isControl)
        {
            page.Open("p").Text("An untrained copy: ").Leaf("b", report.Verdict.Word + ".").Text(" " + report.Verdict.Sentence).Close();
            page.Open("details").Leaf("summary", "Figures and numbers of this control");
            FigureElement.Write(page, report.Ladder);
        }
        FigureElement.Write(page, report.Distribution);
        FigureElement.Write(page, report.Layers);
        page.Leaf("h3", "The numbers");
        NumberTables.WriteHeadline(page, report.View);
        page.Open("details").Leaf("summary", "Every layer");
        NumberTables.WriteLayers(page, report.View);
        page.Close();
        page.Open("div", ("class", "pair"));
        FigureElement.Write(page, report.Answers);
        FigureElement.Write(page, report.Loss);
        page.Close();
        AnswerTables.Write(page, report.View);
        MeasureTables.Write(page, report.View);
        NumberTables.WriteTuning(page, report.View);
        // A copy has the prompts of its model.
        if (!isControl) PromptSection.Write(page, report.View.Group, number, options.PieceOf);
        if (isControl) page.Close();
        page.Close();
    }
}
