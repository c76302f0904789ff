using System.Runtime.InteropServices;
using PmSFC.Cli.Failures;

namespace PmSFC.Cli.Sessions;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to stop in good order, the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _error;
    private readonly string _consequence;
    private int _signals;

    /// <summary>Takes the signals over.</summary>
    /// <param name="error">Where the user is told.</param>
    /// <param name="consequence">What the first signal does.</param>
    public Interruption(TextWriter error, string consequence)
    {
        (_error, _consequence) = (error, consequence);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
            EndAtOnce();
        _error.WriteLine($"{_consequence} (press Ctrl-C again to end at once) ...");
        _source.Cancel();
    }

    // An orderly exit runs the native library's tear-down under its own running threads, which can hang; what is stored is safe either way.
    private static void EndAtOnce()
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(ExitCode.Interrupted);
        else
            ExitNow(ExitCode.Interrupted);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitNow(int code);
}
