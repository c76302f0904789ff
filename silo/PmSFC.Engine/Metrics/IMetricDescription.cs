namespace PmSFC.Engine.Metrics;

/// <summary>What tables and commands have to know of a metric to show it.</summary>
public interface IMetricDescription
{
    /// <summary>What files and commands call it: small letters, digits and hyphens. Results are stored under it, so it never changes.</summary>
    string Name { get; }

    /// <summary>What heads its column.</summary>
    string Title { get; }

    /// <summary>The number's unit, or its range where it has none.</summary>
    string Unit { get; }

    /// <summary>Whether a better image has the higher number.</summary>
    bool HigherIsBetter { get; }

    /// <summary>Digits after the point that a table shows.</summary>
    int Digits { get; }

    /// <summary>Counts the changes that gave its numbers another meaning, from 1 on. It is stored with each number, so that tables tell old ones apart.</summary>
    int Definition => 1;
}
