namespace PmSFC.Testing;

/// <summary>Tests that run only where a variable asks for them.</summary>
public static class OptIn
{
    /// <summary>The reason to skip such a test.</summary>
    /// <param name="variable">The variable; it asks by being <c>1</c>.</param>
    /// <param name="reason">Why it is not run by itself, and how to ask for it.</param>
    /// <returns><paramref name="reason"/>, or null where the variable asks for the test.</returns>
    public static string? Missing(string variable, string reason) => Environment.GetEnvironmentVariable(variable) == "1" ? null : reason;
}
