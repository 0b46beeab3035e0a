namespace Converge.Engine.Model;

/// <summary>A sequence of tokens to run through the model.</summary>
/// <param name="Id">A name, unique in its batch.</param>
/// <param name="Tokens">Token ids, BOS included where the model wants one; at least one.</param>
/// <param name="Adapter">The index of the adapter that every token runs under, or -1 for none.</param>
public sealed record Prompt(string Id, int[] Tokens, int Adapter = -1);
