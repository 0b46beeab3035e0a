namespace Converge.Studies.Claims;

/// <summary>What a study's runs say of a claim.</summary>
public enum ClaimVerdict
{
    /// <summary>They decide for it.</summary>
    Supported,

    /// <summary>They decide against it.</summary>
    Contradicted,

    /// <summary>They do not decide it, or the study lacks what it takes.</summary>
    Inconclusive,
}
