namespace Converge.Engine.Tokenizers.Unicode;

/// <summary>The normalization forms of Unicode Standard Annex 15.</summary>
internal enum NormalForm
{
    /// <summary>Canonical decomposition, then composition.</summary>
    Nfc,

    /// <summary>Canonical decomposition.</summary>
    Nfd,

    /// <summary>Compatibility decomposition, then composition.</summary>
    Nfkc,

    /// <summary>Compatibility decomposition.</summary>
    Nfkd,
}
