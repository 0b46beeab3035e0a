using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Recipes;

/// <summary>What a stage of the training reads.</summary>
/// <param name="Documents">Kinds of documents and how often each comes, in relation to the others.</param>
/// <param name="Labels">How few-shot documents name their classes, and how often.</param>
/// <param name="Sentences">The most sentences in a few-shot document.</param>
/// <param name="Instructed">The share of few-shot documents that begin with an instruction.</param>
/// <param name="MadeUp">The share of made-up words among symbols and random labels.</param>
internal sealed record CorpusMixture(IReadOnlyList<KeyValuePair<string, double>> Documents, IReadOnlyList<KeyValuePair<LabelKind, double>> Labels, int Sentences, double Instructed, double MadeUp);
