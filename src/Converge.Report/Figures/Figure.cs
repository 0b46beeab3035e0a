using Converge.Studies.Spec;

namespace Converge.Report.Figures;

/// <summary>One drawing of a figure.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Description">What it shows, in words and numbers, for those who cannot see it.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Body">SVG elements.</param>
internal sealed record Panel(string Title, string Description, int Width, int Height, string Body);

/// <summary>A figure: panels side by side, and what is to be said about them.</summary>
/// <param name="Name">The name of its file and anchor.</param>
/// <param name="Title">Its title.</param>
/// <param name="Tag">Where the question that it shows comes from; null where every row says so itself.</param>
/// <param name="Subject">The model and task that it is about, so that its file can stand alone.</param>
/// <param name="Caption">How to read it, and what it shows.</param>
/// <param name="Panels">Its drawings.</param>
/// <param name="Csv">The numbers drawn, as a CSV file.</param>
internal sealed record Figure(string Name, string Title, Standing? Tag, string Subject, string Caption, IReadOnlyList<Panel> Panels, string Csv);
