using Converge.Engine;
using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Tests.Authored;

/// <summary>A folder with a small study of our own: eight words of praise and blame to show, six to ask. Removed when disposed.</summary>
internal sealed class StudyFolder : IDisposable
{
    public const string Study = """
        name: small
        seed: 7
        models:
          - {id: tiny, path: model}
        tasks: [task.yaml]
        runs: 5
        queries: 3
        demonstrations:
          count: 2
        """;

    public const string Task = """
        name: words
        version: 1
        kind: classification
        data:
          demonstrations: shown.tsv
          queries: asked.tsv
          format: tsv
          columns: {text: sentence, label: label}
        labels:
          "0": bad
          "1": good
        instructions: [Judge it., Good or bad?, Which is it?]
        template:
          query: "In: {text}\nOut:"
          answer: " {label}"
        """;

    public const string Shown = "sentence\tlabel\nwarm \t1\nsharp\t1\nkind\t1\nbright\t1\ncold\t0\ndull\t0\nrude\t0\ndark\t0\n";

    public const string Asked = "sentence\tlabel\nlovely\t1\nsweet\t1\nfair\t1\nugly\t0\nbitter\t0\nvile\t0\n";

    public const string TranslationTask = """
        name: lexicon
        version: 1
        kind: translation
        data:
          demonstrations: known.tsv
          queries: unknown.tsv
          format: tsv
          columns: {text: english, target: other}
        instructions: [Translate it., Say it otherwise.]
        template:
          query: "In: {text}\nOut:"
          answer: " {target}"
        """;

    public const string Known = "english\tother\ndog\tpes\ncat\tkocka\nbird\tptak \nfish\tryba\n";

    public const string Unknown = "english\tother\nhorse\tkun\ncow\tkrava\nmouse\tmys\nwolf\tvlk\n";

    public StudyFolder()
    {
        Path = Directory.CreateTempSubdirectory("converge-study-").FullName;
        Write("study.yaml", Study);
        Write("task.yaml", Task);
        Write("shown.tsv", Shown);
        Write("asked.tsv", Asked);
        Write("lexicon.yaml", TranslationTask);
        Write("known.tsv", Known);
        Write("unknown.tsv", Unknown);
        TinyModel.Write(PathOf("model"));
    }

    public string Path { get; }

    public string StudyFile => PathOf("study.yaml");

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text) => File.WriteAllText(PathOf(name), text);

    /// <summary>Puts <paramref name="after"/> in the place of <paramref name="before"/>, which must be there.</summary>
    public void Change(string name, string before, string after)
    {
        var text = File.ReadAllText(PathOf(name));
        Assert.Contains(before, text);
        Write(name, text.Replace(before, after));
    }

    public StudySpec Load(params string[] overrides) => StudySpec.Load(StudyFile, overrides);

    /// <summary>Puts the translation task in the place of the other one.</summary>
    public void Translate() => Change("study.yaml", "[task.yaml]", "[lexicon.yaml]");

    /// <summary>Puts the translation task beside the other one.</summary>
    public void TranslateToo() => Change("study.yaml", "[task.yaml]", "[task.yaml, lexicon.yaml]");

    public StudyPlan Plan(params string[] overrides) => StudyPlan.Create(Load(overrides));

    public TaskSpec LoadTask(params string[] overrides) => Load(overrides).Tasks[0];

    /// <summary>The one line that loading the study ends in.</summary>
    public string Refusal(params string[] overrides) => Refusal(() => Load(overrides));

    /// <summary>The one line that <paramref name="action"/> ends in.</summary>
    public static string Refusal(Action action)
    {
        var message = Assert.Throws<BadInputException>(action).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
