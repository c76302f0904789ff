using PmSFC.Cli.Sessions;
using PmSFC.Client.Gates;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>--gate "psnr &gt;= -0.1"</c>, any number of times.</summary>
internal static class GateOption
{
    private static readonly ValueKind<Gate> Kind =
        new(Gate.Form, (string text, out Gate? gate) => Gate.Read(text, MetricColumns.All, out gate));

    /// <summary>Makes the option.</summary>
    public static ListOption<Gate> Create() => new("--gate", Kind)
    {
        Description = "fail with exit code 4 where the interval of the mean difference B - A excludes this; repeatable",
        HelpName = "gate",
    };
}
