using System.Runtime.InteropServices;

namespace Converge.Cli.Hosting;

/// <summary>
/// Turns the first SIGINT or SIGTERM into a cancellation; a second one ends the process at once. SIGXFSZ is swallowed, so that a write
/// beyond the process's file size limit fails as a write, which is reported in one line and leaves nothing behind.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // Its number on Linux and macOS; the enumeration has no name for it.
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(FileSizeExceeded, context => context.Cancel = true),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested) return;
        context.Cancel = true;
        _source.Cancel();
    }
}
