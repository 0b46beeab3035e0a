using Converge.Cli.Display;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Numerics;
using Converge.Studies.Plan;

namespace Converge.Cli.Bench;

/// <summary>Sizes of checkpoints that are generated.</summary>
internal static class GeneratedCheckpoint
{
    /// <summary>The seed of generated weights.</summary>
    public const ulong Seed = 1;

    /// <summary>Bytes of all weights.</summary>
    public static long Bytes(ModelConfig config, ElementType type) => StudyCost.Parameters(config) * type.Size();

    /// <summary>Sees to it that a full disk shows before the writing and not after it.</summary>
    /// <exception cref="BadInputException">The disk has too little room.</exception>
    public static void CheckRoom(string directory, ModelConfig config, ElementType type)
    {
        long bytes = Bytes(config, type), free = new DriveInfo(Path.GetFullPath(directory)).AvailableFreeSpace;
        if (free < bytes) throw new BadInputException(directory, $"the checkpoint takes {Quantities.Bytes(bytes)}, and {Quantities.Bytes(free)} are free", "Choose a smaller shape or another disk");
    }
}
