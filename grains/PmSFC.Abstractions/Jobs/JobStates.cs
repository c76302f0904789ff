namespace PmSFC.Abstractions.Jobs;

/// <summary>Questions asked of a <see cref="JobState"/>.</summary>
public static class JobStates
{
    /// <summary>Whether a job in this state never changes again by itself.</summary>
    public static bool IsFinal(this JobState state) => state is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

    /// <summary>Whether a job in this state waits until something that it needs is stored.</summary>
    public static bool IsWaitingForPreparation(this JobState state) =>
        state is JobState.WaitingForSubspaces or JobState.WaitingForNetwork or JobState.WaitingForPreparation;
}
