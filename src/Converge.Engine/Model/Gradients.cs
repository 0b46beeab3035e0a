using System.Numerics;

namespace Converge.Engine.Model;

/// <summary>Where a backward pass adds gradients: of the adapters, in LoRA tuning, or of the model's own weights, in full tuning.</summary>
/// <param name="Adapters">By adapter index; empty in full tuning.</param>
/// <param name="Weights">Views of the gradients, in the type of the pass; null in LoRA tuning.</param>
/// <typeparam name="T">float or double.</typeparam>
internal sealed record Gradients<T>(IReadOnlyList<LoraParameters<T>> Adapters, LlamaWeights? Weights) where T : unmanaged, IFloatingPointIeee754<T>;
