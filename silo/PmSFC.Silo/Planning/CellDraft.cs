using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Silo.Planning;

/// <summary>A cell whose label is not final yet.</summary>
/// <param name="Entry">Index of the entry that it comes from.</param>
/// <param name="Name">The entry's name for people.</param>
/// <param name="Named">Whether the user gave that name.</param>
/// <param name="Preset">The entry's preset, or null.</param>
/// <param name="Varies">What tells the cell from the entry's others; empty where it has none.</param>
/// <param name="Cell">The rest.</param>
internal sealed record CellDraft(int Entry, string Name, bool Named, string? Preset, string Varies, SweepCell Cell)
{
    /// <summary>The label that the entry alone gives.</summary>
    public string Label => Varies.Length == 0 ? Name : $"{Name} {Varies}";
}
