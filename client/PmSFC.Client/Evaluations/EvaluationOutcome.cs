namespace PmSFC.Client.Evaluations;

/// <summary>What an evaluation came to.</summary>
public enum EvaluationOutcome
{
    /// <summary>Some jobs have no result, so nothing was compared.</summary>
    Incomplete,

    /// <summary>There is no earlier evaluation of the spec to compare with.</summary>
    First,

    /// <summary>It was compared, and there are no gates.</summary>
    Compared,

    /// <summary>Every gate passed.</summary>
    Passed,

    /// <summary>A gate failed: the generator is worse than it allows.</summary>
    Failed,
}
