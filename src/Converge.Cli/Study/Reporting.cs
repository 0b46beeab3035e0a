using System.Text.Json.Nodes;
using Converge.Cli.Hosting;
using Converge.Engine;
using Converge.Engine.Tokenizers;
using Converge.Report;
using Converge.Studies.Claims;
using Converge.Studies.Run;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Cli.Study;

/// <summary>Makes tables, figures and the page out of what a study's folder holds.</summary>
internal static class Reporting
{
    /// <summary>The page that a study's folder gets.</summary>
    public static string PageOf(string folder) => Path.Combine(folder, "report.html");

    /// <summary>Rebuilds tables, figures and page from the finished units; of an incomplete study, from those that are there.</summary>
    /// <exception cref="BadInputException">The folder holds no study, no unit is finished, or one is damaged.</exception>
    public static StudyResults Write(StudyOutput output, Invocation invocation)
    {
        var manifest = output.Manifest;
        var finished = manifest.Units.Where(unit => output.Store.Contains(unit.Digest)).ToList();
        var shown = JsonNode.Parse(File.ReadAllText(Path.Combine(output.Folder, "manifest.json")))!;
        var notes = manifest.Models.Select(model => ModelNote.Read(model.Path)).OfType<string>().Distinct().ToList();
        if (notes.Count > 0) shown["model_note"] = string.Join(' ', notes);
        var tokenizers = manifest.Models.ToDictionary(model => model.Id, model => TryLoad(model));
        var options = new ReportOptions
        {
            Results = ResultOptionsOf(manifest),
            PieceOf = (model, token) => tokenizers[model] is { } tokenizer && token < tokenizer.VocabSize ? tokenizer.Piece(token) : null,
            PlannedUnits = manifest.Units.Count,
            Factors = manifest.Study.Factors,
            Design = StudyDesign.Of(manifest.Study),
            Study = manifest.Study,
            Parameters = manifest.Models.ToDictionary(model => model.Id, model => CheckpointSize.ParametersOf(model.Config)),
            Commands = StudyCommand.Read(output.Folder),
        };
        return invocation.Watch("report", "units", finished.Count, counter => StudyReport.Write(output.Folder, Load(output, finished, invocation), shown, options));
    }

    /// <summary>The results of a study's finished units, without writing anything.</summary>
    /// <exception cref="BadInputException">No unit is finished, or one is damaged.</exception>
    public static StudyResults Read(StudyOutput output, Invocation invocation)
    {
        var finished = output.Manifest.Units.Where(unit => output.Store.Contains(unit.Digest)).ToList();
        return invocation.Watch("read", "units", finished.Count, counter => StudyResults.FromUnits(Load(output, finished, invocation), ResultOptionsOf(output.Manifest)));
    }

    /// <summary>How a study's results are summarised.</summary>
    public static ResultOptions ResultOptionsOf(StudyManifest manifest) => new()
    {
        Study = manifest.Study.Name,
        Bootstrap = new BootstrapOptions { Resamples = manifest.Study.Bootstrap.Resamples, Seed = manifest.Study.Seed },
    };

    private static IEnumerable<UnitRecord> Load(StudyOutput output, IEnumerable<ManifestUnit> finished, Invocation invocation)
    {
        foreach (var unit in finished)
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            yield return output.Store.Load(unit.Key, unit.Digest);
        }
    }

    // The texts of tokens are an aid to reading; a study whose model has moved on can still be reported.
    private static Tokenizer? TryLoad(ManifestModel model)
    {
        try
        {
            var tokenizer = Tokenizer.Load(model.Path);
            return tokenizer.Digest == model.TokenizerDigest ? tokenizer : null;
        }
        catch (BadInputException)
        {
            return null;
        }
    }
}
