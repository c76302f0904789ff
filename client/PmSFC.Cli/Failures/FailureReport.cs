using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Logging;
using PmSFC.Client.Clusters;
using PmSFC.Engine.Checkpoints;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Cli.Failures;

/// <summary>Says what went wrong in one sentence on stderr. A stack trace goes to the log, never to the terminal.</summary>
internal sealed class FailureReport(TextWriter error, LogFile log)
{
    /// <summary>Reports a failure.</summary>
    /// <returns>The exit code that goes with it.</returns>
    public int Tell(Exception failure)
    {
        // Before the sentence, which says where the log is or that there is none.
        log.Write("failure", failure.ToString());
        var (sentence, code) = Explain(Unwrap(failure));
        error.WriteLine($"error: {ShownText.Lines(sentence)}");
        return code;
    }

    private (string Sentence, int Code) Explain(Exception failure) =>
        failure switch
        {
            BadInputException or ImageException or CheckpointException => (failure.Message, ExitCode.BadInput),
            StoreException { Kind: StoreFailure.Unavailable } => (failure.Message, ExitCode.Failed),
            StoreException => (failure.Message, ExitCode.BadInput),
            ClusterUnavailableException => (failure.Message, ExitCode.Failed),
            OperationCanceledException => ("interrupted.", ExitCode.Interrupted),
            _ => ($"something unforeseen happened ({OneLine(failure.Message)}); {log.Hint}", ExitCode.Failed),
        };

    private static Exception Unwrap(Exception failure) =>
        failure switch
        {
            AggregateException { InnerExceptions: [var only] } => Unwrap(only),
            OrleansException { InnerException: { } inner } => Unwrap(inner),
            TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
            _ => failure,
        };

    private static string OneLine(string message)
    {
        var line = message.ReplaceLineEndings("\n").Split('\n')[0].TrimEnd('.', ' ');
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}
