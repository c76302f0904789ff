using Shouldly;

namespace PmSFC.Testing;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">With which code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Error">What it wrote to stderr.</param>
public sealed record ProcessOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>Fails the test unless the exit code is 0.</summary>
    /// <returns>What it wrote to stdout.</returns>
    public string ShouldSucceed()
    {
        ExitCode.ShouldBe(0, Error + Output);
        return Output;
    }
}
