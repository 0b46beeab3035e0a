using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Training;

/// <summary>A fingerprint of everything in a recipe, and in the grammars that its documents are drawn from, that can change a weight.</summary>
internal static class RecipeDigest
{
    /// <summary>The fingerprint with the grammars that come with the program.</summary>
    public static string Of(PretrainRecipe recipe) => Of(recipe, Grammar.EmbeddedNames.Select(name => KeyValuePair.Create(name, Grammar.EmbeddedText(name))));

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="grammars">Names and texts of the grammars, in order; how their lines end does not matter.</param>
    public static string Of(PretrainRecipe recipe, IEnumerable<KeyValuePair<string, string>> grammars)
    {
        var contents = new { Recipe = recipe with { File = "" }, Grammars = grammars.Select(grammar => new[] { grammar.Key, grammar.Value.ReplaceLineEndings("\n") }) };
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(contents))));
    }
}
