namespace PmSFC.Abstractions.Failures;

/// <summary>
/// Input that cannot be worked on. The message is one clear sentence that says what is wrong, where, and what to do; the command line prints it
/// and exits with 2.
/// </summary>
[GenerateSerializer, Alias("pmsfc.BadInputException")]
public sealed class BadInputException(string message) : Exception(message);
