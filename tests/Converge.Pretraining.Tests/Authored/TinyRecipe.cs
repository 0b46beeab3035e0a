using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>A recipe that runs in a second or two.</summary>
internal sealed class TinyRecipe : IDisposable
{
    public const string Yaml = """
        name: tiny
        seed: 3
        tokenizer: {vocabulary: 300, documents: 60}
        model: {hidden: 16, intermediate: 24, layers: 1, heads: 2, positions: 128}
        batch_tokens: 256
        longest_document: 96
        optimiser: {learning_rate: 0.01}
        schedule: {warm_up: 3}
        stages:
          - name: first
            tokens: 700
            documents: {copy: 1}
            labels: {usual: 1}
            sentences: 2
          - name: second
            tokens: 1500
            documents: {mapping: 1, words: 1, sentiment: 1}
            labels: {usual: 1, random: 1}
            sentences: 3
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("converge-pretraining-");

    /// <summary>A path in a folder of its own, gone afterwards.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>The recipe as a file, with a text replaced.</summary>
    public string Write(string before = "", string after = "")
    {
        Assert.True(before.Length == 0 || Yaml.Contains(before, StringComparison.Ordinal), $"the recipe has no '{before}'");
        File.WriteAllText(this["tiny.yaml"], before.Length == 0 ? Yaml : Yaml.Replace(before, after, StringComparison.Ordinal));
        return this["tiny.yaml"];
    }

    /// <summary>The recipe, with changes.</summary>
    public PretrainRecipe Read(params string[] overrides) => PretrainRecipeReader.Read(Write(), overrides);

    public void Dispose() => _folder.Delete(recursive: true);
}
