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
        var blocks = Regex.Matches(File.ReadAllText(Repository.PathOf("docs", "study-files.md")), "```yaml\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(3, blocks.Count);
        _folder.Write("study.yaml", blocks[0]);
        _folder.Write("task.yaml", blocks[1]);
        var documented = _folder.Load();
        _folder.Write("study.yaml", "name: example\nmodels: [{id: small, path: model}]\ntasks: [task.yaml]\n");
        Assert.Equivalent(StudySpec.Load(_folder.StudyFile), documented, strict: true);
        _folder.Write("task.yaml", blocks[2]);
        var translation = _folder.LoadTask();
        Assert.Equal((TaskKind.Translation, "target"), (translation.Kind, translation.Data.Columns.Target));
        Assert.Equal(("split", "query"), (documented.Tasks[0].Data.Queries.WhereColumn, documented.Tasks[0].Data.Queries.WhereValue));
    }

    public void Dispose() => _folder.Dispose();
}
