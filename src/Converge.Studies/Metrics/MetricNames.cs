namespace Converge.Studies.Metrics;

/// <summary>The names in the column <c>metric</c> of the tables.</summary>
public static class MetricNames
{
    /// <summary>M1: cosine of two states of the same query.</summary>
    public const string Cosine = "cosine";

    /// <summary>M2: cosine after each condition's mean over the unit's queries is subtracted.</summary>
    public const string CentredCosine = "centred_cosine";

    /// <summary>M3: cosine of the two shifts away from the anchor, ICL's and IT's.</summary>
    public const string ShiftCosine = "shift_cosine";

    /// <summary>M3: length of ICL's shift over the length of IT's.</summary>
    public const string ShiftNormRatio = "shift_norm_ratio";

    /// <summary>C1: mean cosine between states of different queries under the same condition.</summary>
    public const string Anisotropy = "anisotropy";

    /// <summary>M4: linear CKA over queries, unbiased.</summary>
    public const string Cka = "cka";

    /// <summary>M4: linear CKA over queries as first published, biased upwards for few queries.</summary>
    public const string CkaBiased = "cka_biased";

    /// <summary>M5: Spearman's correlation of the two query-by-query cosine matrices.</summary>
    public const string Rsa = "rsa";

    /// <summary>M17: share of a query's nearest neighbours that two conditions have in common.</summary>
    public const string NeighbourhoodOverlap = "neighbourhood_overlap";

    /// <summary>M17: intrinsic dimension of a condition's states by two nearest neighbours.</summary>
    public const string IntrinsicDimension = "intrinsic_dimension";

    /// <summary>C6: the cosine where all three conditions predict the same label.</summary>
    public const string CosineSamePrediction = "cosine_same_prediction";

    /// <summary>C6: the cosine where the pair's two conditions predict different labels.</summary>
    public const string CosineOtherPrediction = "cosine_other_prediction";

    /// <summary>M6: SimAOU, cosine of what ICL and IT change of the normalised self-attention output.</summary>
    public const string AttentionUpdate = "attention_update";

    /// <summary>M7: SimAM, cosine of the last token's scores over the query's tokens, averaged over heads.</summary>
    public const string AttentionMap = "attention_map";

    /// <summary>M7: the same of what ICL and IT change of the anchor's scores.</summary>
    public const string AttentionMapChange = "attention_map_change";

    /// <summary>M8: Kendall's tau of ICL's attention to the demonstrations' tokens and the weights that tuning gives them.</summary>
    public const string TrainingAttentionTau = "training_attention_tau";

    /// <summary>M8: of the ten demonstration tokens of the greatest weight in tuning, the share that are among the ten that ICL attends to most.</summary>
    public const string TrainingAttentionRecall = "training_attention_recall";

    /// <summary>M13: the sum over the vocabulary of the standard deviation of p(token) over orders of the demonstrations.</summary>
    public const string OrderSensitivity = "order_sensitivity";

    /// <summary>M15: how far the LoRA updates of two runs write into the same directions.</summary>
    public const string AdapterOverlap = "adapter_overlap";

    /// <summary>M10: whether the likeliest of all tokens is the right answer's first.</summary>
    public const string VocabularyAccuracy = "vocabulary_accuracy";

    /// <summary>M11: Kullback-Leibler divergence over the vocabulary, of the second condition from the first, in nats.</summary>
    public const string VocabularyDivergence = "vocabulary_divergence";

    /// <summary>M12: share of the ten likeliest tokens that two conditions have in common.</summary>
    public const string TokenOverlap = "token_overlap";

    /// <summary>M12: cosine of the probabilities over the union of the ten likeliest tokens of each.</summary>
    public const string TokenOverlapCosine = "token_overlap_cosine";

    /// <summary>M14: rank under the anchor of the token that ICL or IT finds likeliest.</summary>
    public const string TokenRank = "token_rank";

    /// <summary>M14: whether that rank is 1.</summary>
    public const string TokenUnshifted = "token_unshifted";

    /// <summary>M14: whether that rank is above 3.</summary>
    public const string TokenShifted = "token_shifted";

    /// <summary>M16: accuracy of the anchor with the last token's state of a layer taken from ICL or IT.</summary>
    public const string PatchedAccuracy = "patched_accuracy";

    /// <summary>M16: the same in a task without labels: mean log-probability of the reference's tokens.</summary>
    public const string PatchedLogLikelihood = "patched_log_likelihood";

    /// <summary>M16: the share of ICL's or IT's gain in accuracy over the anchor that the patched anchor has.</summary>
    public const string TaskVectorRecovery = "task_vector_recovery";

    /// <summary>M10: whether the most probable label is the gold one.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>M11: whether two conditions predict the same label.</summary>
    public const string Agreement = "agreement";

    /// <summary>M11: Jensen-Shannon divergence of the distributions over the labels, in bits.</summary>
    public const string LabelDivergence = "label_divergence";

    /// <summary>M9: Rec2FTP, of the queries that the anchor gets wrong and IT right the share that ICL gets right.</summary>
    public const string Recovery = "recovery";

    /// <summary>Mean log-probability of a reference answer's tokens, in nats.</summary>
    public const string LogLikelihood = "log_likelihood_per_token";

    /// <summary>The exponential of the negative mean log-probability over the tokens of all references of a unit.</summary>
    public const string Perplexity = "perplexity";

    /// <summary>chrF2 of the decoded answer and the reference.</summary>
    public const string Chrf = "chrf";

    /// <summary>Smoothed sentence BLEU of the decoded answer and the reference.</summary>
    public const string SentenceBleu = "sentence_bleu";

    /// <summary>BLEU of all decoded answers of a unit.</summary>
    public const string CorpusBleu = "corpus_bleu";

    /// <summary>Negative log-probability of all references of a unit, in bits, over their length in bytes of UTF-8.</summary>
    public const string BitsPerByte = "bits_per_byte";
}
