namespace Converge.Numerics;

/// <summary>What the threads of a pool do now, whatever the type of its state.</summary>
internal abstract class PoolWork
{
    /// <summary>Does a piece.</summary>
    public abstract void Run(int index);
}

/// <summary>Work with a state of a given type; a pool keeps one of each type and uses it again.</summary>
/// <typeparam name="TState">The type.</typeparam>
internal sealed class PoolWork<TState> : PoolWork
{
    /// <summary>The state.</summary>
    public TState State { get; set; } = default!;

    /// <summary>Does a piece.</summary>
    public Action<TState, int>? Body { get; set; }

    /// <inheritdoc/>
    public override void Run(int index) => Body!(State, index);
}
