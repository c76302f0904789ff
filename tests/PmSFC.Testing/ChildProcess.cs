using System.Diagnostics;

namespace PmSFC.Testing;

/// <summary>Runs programs to their end.</summary>
public static class ChildProcess
{
    /// <summary>Runs one, be its end good or bad.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessOutcome Run(string program, params IEnumerable<string> arguments) => Run(new ProcessStartInfo(program, arguments));

    /// <summary>Runs one, be its end good or bad.</summary>
    /// <param name="start">The program; its streams are redirected.</param>
    /// <param name="input">What it reads.</param>
    public static ProcessOutcome Run(ProcessStartInfo start, string input = "")
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(start)!;
        // Both at once: a program that fills one pipe while the other is read would wait for ever.
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all.
        }

        process.WaitForExit();
        return new ProcessOutcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Where a program is: in the first of these folders or, after them, of those on the PATH that has it; null where it is in none.</summary>
    public static string? Find(string program, params IEnumerable<string> folders) =>
        folders
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
