using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>--weights FOLDER</c>: where the files lie that some metrics need.</summary>
internal static class WeightsOption
{
    /// <summary>Names the folder where no option does.</summary>
    private const string Variable = "PMSFC_WEIGHTS";

    /// <summary>Makes the option.</summary>
    public static ValueOption<string> Create() =>
        new("--weights", ValueKinds.Path)
        {
            Description = $"folder of the weights that LPIPS and NIQE need [default: ${Variable}, else those metrics are left out]",
            HelpName = "folder",
        };

    /// <summary>The folder that an invocation asks for.</summary>
    /// <exception cref="BadInputException">It does not exist.</exception>
    public static WeightsFolder Open(Invocation invocation, ValueOption<string> option)
    {
        try
        {
            return new WeightsFolder(PathOf(invocation, option));
        }
        catch (DirectoryNotFoundException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    /// <summary>The folder's path as an invocation gives it, or null where it names none.</summary>
    public static string? PathOf(Invocation invocation, ValueOption<string> option) =>
        invocation.Value(option) ?? ValueKinds.Path.FromEnvironment(Variable);
}
