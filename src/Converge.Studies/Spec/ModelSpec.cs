using System.Text.Json.Serialization;

namespace Converge.Studies.Spec;

/// <summary>A model of a study.</summary>
/// <param name="Id">Its name in results, fit for a file name.</param>
/// <param name="Path">The checkpoint's folder, a full path.</param>
/// <param name="UntrainedCopyOf">
/// The id of the model whose architecture and tokenizer this one has, with fresh random weights in place of trained ones (METHOD, C2); null
/// for a checkpoint.
/// </param>
public sealed record ModelSpec(string Id, string Path, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? UntrainedCopyOf = null);
