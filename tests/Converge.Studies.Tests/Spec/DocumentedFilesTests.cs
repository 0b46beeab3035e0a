using System.Text.RegularExpressions;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;
using Converge.Studies.Tests.Authored;
using Converge.Tests;

namespace Converge.Studies.Tests.Spec;

public sealed class DocumentedFilesTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    [Fact]
    public void The_documented_study_is_the_default_and_the_documented_task_can_be_read()
    {
        var blocks = Blocks();
        Assert.Equal(4, blocks.Count);
        _folder.Write("study.yaml", blocks[0]);
        _folder.Write("task.yaml", blocks[2]);
        var documented = _folder.Load();
        _folder.Write("study.yaml", "name: example\nmodels: [{id: small, path: model}]\ntasks: [task.yaml]\n");
        Assert.Equivalent(StudySpec.Load(_folder.StudyFile), documented, strict: true);
        _folder.Write("task.yaml", blocks[3]);
        var translation = _folder.LoadTask();
        Assert.Equal((TaskKind.Translation, "target"), (translation.Kind, translation.Data.Columns.Target));
        Assert.Equal(("split", "query"), (documented.Tasks[0].Data.Queries.WhereColumn, documented.Tasks[0].Data.Queries.WhereValue));
    }

    [Fact]
    public void The_documented_factors_can_be_read()
    {
        _folder.Write("study.yaml", "name: example\ntasks: [task.yaml]\n" + Blocks()[1]);
        _folder.Change("task.yaml", "name: words", "name: reviews");
        var study = _folder.Load();
        Assert.Equal("small", study.Models[1].UntrainedCopyOf);
        Assert.Equal([("F1", "wrong_50"), ("C5", "random_tokens")], study.Factors.SelectMany(factor => factor.Levels.Select(level => (factor.Id, level.Id))));
    }

    private static List<string> Blocks() =>
        [.. Regex.Matches(File.ReadAllText(Repository.PathOf("docs", "study-files.md")), "```yaml\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value)];

    public void Dispose() => _folder.Dispose();
}
