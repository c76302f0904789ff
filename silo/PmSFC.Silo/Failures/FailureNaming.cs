using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Subspaces;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Silo.Failures;

/// <summary>Names failures by the exceptions that they show as.</summary>
public static class FailureNaming
{
    /// <summary>The failure that an exception stands for.</summary>
    public static JobFailure Name(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions: [var only] } => Name(only),
            BadInputException or CheckpointException or ImageException or DegenerateAffinityException => Failure(
                FailureName.BadInput,
                exception.Message
            ),

            // What is damaged, or of a later version, is so for any device that tries; all else is the matter of the whole store and no fault of the job.
            StoreException { Kind: StoreFailure.Damaged or StoreFailure.Newer } => Failure(FailureName.BadInput, exception.Message),
            StoreException => Failure(FailureName.StoreUnavailable, exception.Message),
            _ when DeviceMemory.IsExhausted(exception) => OutOfMemory,
            _ => Failure(FailureName.Bug, $"{exception.GetType().Name}: {FirstLine(exception.Message)}"),
        };

    /// <summary>Not even a batch of one fits.</summary>
    public static JobFailure OutOfMemory { get; } =
        Failure(
            FailureName.OutOfMemory,
            "The job does not fit the device's memory even alone; use fewer codes, a lower split or a device with more memory."
        );

    /// <summary>A loss that is no longer worth following.</summary>
    public static JobFailure Diverged(int iteration, double loss) =>
        Failure(
            FailureName.Diverged,
            FormattableString.Invariant($"The loss was {loss:g4} at iteration {iteration}; use a smaller learning rate.")
        );

    /// <summary>A loss that is no longer worth following, for the second time.</summary>
    public static JobFailure DivergedAgain(JobDivergence before, int iteration, double loss) =>
        Failure(
            FailureName.Diverged,
            FormattableString.Invariant(
                $"The loss was {before.Loss:g4} at iteration {before.Iteration}, and with half the step size {loss:g4} at iteration {iteration}; use a smaller learning rate."
            )
        );

    private static JobFailure Failure(FailureName name, string message) => new() { Name = name, Message = message };

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();
}
