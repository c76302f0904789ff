using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Gates;
using PmSFC.Client.Specs;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>--gate "psnr &gt;= -0.1"</c>, any number of times.</summary>
internal static class GateOption
{
    private static readonly ValueKind<Gate> Kind = new(Gate.Form, (string text, out Gate? gate) =>
        Gate.Read(text, MetricColumns.All, out gate)
    );

    /// <summary>Makes the option.</summary>
    public static ListOption<Gate> Create() =>
        new("--gate", Kind)
        {
            Description = "fail with exit code 4 where the interval of the mean difference B - A excludes this; repeatable",
            HelpName = "gate",
        };

    /// <summary>The gates that a spec's file has.</summary>
    /// <exception cref="BadInputException">One is none: <c>file:line:column: </c> and why.</exception>
    public static ImmutableArray<Gate> Of(SweepFile file)
    {
        var gates = ImmutableArray.CreateBuilder<Gate>();
        foreach (var (i, text) in file.Gates.Index())
        {
            if (Kind.Read("this gate", text, out var gate) is { } problem)
                throw new BadInputException(file.Describe(new SpecIssue($"gates[{i}]", problem)));
            gates.Add(gate!);
        }

        return gates.ToImmutable();
    }
}
