using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>How many jobs of a sweep may fail before it stops; not part of its id.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.FailureBudget")]
public sealed record FailureBudget
{
    /// <summary>A number of jobs, or a percentage of the sweep's jobs.</summary>
    [Id(0)]
    public required int Amount { get; init; }

    /// <summary>What the amount is of.</summary>
    [Id(1)]
    public required FailureBudgetUnit Unit { get; init; }

    /// <summary>How many of so many jobs may fail; one more failure stops the sweep.</summary>
    public int Of(int jobs) => Unit == FailureBudgetUnit.Percent ? (int)((long)jobs * Amount / 100) : Amount;

    /// <summary>Reads a whole number of jobs (<c>5</c>), or of percent from 0 to 100 (<c>10%</c>).</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FailureBudget? budget)
    {
        budget = null;
        var unit = text.EndsWith('%') ? FailureBudgetUnit.Percent : FailureBudgetUnit.Jobs;
        var isNumber = int.TryParse(text.AsSpan().TrimEnd('%').TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var amount);
        if (!isNumber || text.Count(c => c == '%') > 1 || (unit == FailureBudgetUnit.Percent && amount > 100))
            return false;
        budget = new FailureBudget { Amount = amount, Unit = unit };
        return true;
    }

    /// <summary>What <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Amount.ToString(CultureInfo.InvariantCulture) + (Unit == FailureBudgetUnit.Percent ? "%" : "");
}

/// <summary>What the amount of a <see cref="FailureBudget"/> is of.</summary>
public enum FailureBudgetUnit
{
    /// <summary>Jobs.</summary>
    Jobs = 0,

    /// <summary>Percent of the sweep's jobs.</summary>
    Percent = 1,
}
