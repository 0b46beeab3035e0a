using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Training;

/// <summary>A fingerprint of everything in a recipe that can change a weight.</summary>
internal static class RecipeDigest
{
    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Of(PretrainRecipe recipe) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(recipe with { File = "" }))));
}
