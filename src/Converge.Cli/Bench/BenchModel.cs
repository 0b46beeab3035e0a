using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>A model to measure passes on: a given checkpoint, or a generated one that is gone afterwards.</summary>
internal sealed class BenchModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly string? _temporary;

    private BenchModel(string name, Checkpoint checkpoint, ComputeMode compute, int threads, string? temporary)
    {
        (_checkpoint, _temporary) = (checkpoint, temporary);
        Shape = new BenchShape(name, checkpoint.Config);
        Compute = compute;
        Weights = checkpoint.Weights.Blocks[0][LinearLayer.QProj].Type;
        Model = LlamaModel.Load(checkpoint, compute, threads);
        // Compiles the pass and brings the blocks' weights into memory.
        Model.Capture([new Prompt("warm", [1, 2, 3, 4, 5])], new CaptureRequest(), []);
    }

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Its shape.</summary>
    public BenchShape Shape { get; }

    /// <summary>The type of its weights.</summary>
    public ElementType Weights { get; }

    /// <summary>The arithmetic.</summary>
    public ComputeMode Compute { get; }

    /// <summary>How it computes, for people: <c>in f32 on bf16 weights</c>.</summary>
    public string Way => $"in {Compute.ToString().ToLowerInvariant()} on {Weights.ToString().ToLowerInvariant()} weights";

    /// <summary>The checkpoint in a folder.</summary>
    /// <exception cref="Converge.Engine.BadInputException">It cannot be used.</exception>
    public static BenchModel Open(string directory, ComputeMode compute, int threads) => Open(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), directory, compute, threads, null);

    /// <summary>A checkpoint of random weights in the system's temporary folder.</summary>
    /// <exception cref="Converge.Engine.BadInputException">There is no room for it.</exception>
    public static BenchModel Generate(BenchRun run, BenchShape shape, ElementType type, ComputeMode compute)
    {
        run.Show($"write a checkpoint of {shape.Name}, {type.ToString().ToLowerInvariant()}");
        var directory = Directory.CreateTempSubdirectory("converge-bench-").FullName;
        try
        {
            GeneratedCheckpoint.CheckRoom(directory, shape.Config, type);
            RandomCheckpoint.Write(directory, shape.Config, GeneratedCheckpoint.Seed, type, cancellation: run.Cancellation);
            var model = Open(shape.Name, directory, compute, run.Plan.Threads, directory);
            // Mapped files live on without their names, so that nothing is left behind however the program ends.
            if (!OperatingSystem.IsWindows()) model.DeleteTemporary();
            return model;
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        _checkpoint.Dispose();
        DeleteTemporary();
    }

    private void DeleteTemporary()
    {
        if (_temporary is not null && Directory.Exists(_temporary)) Directory.Delete(_temporary, recursive: true);
    }

    private static BenchModel Open(string name, string directory, ComputeMode compute, int threads, string? temporary)
    {
        var checkpoint = Checkpoint.Open(directory);
        try
        {
            return new BenchModel(name, checkpoint, compute, threads, temporary);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }
}
