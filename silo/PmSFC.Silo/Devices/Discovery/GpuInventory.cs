using System.Globalization;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>The GPUs of a machine.</summary>
/// <param name="Gpus">In the order of their places on the PCI bus.</param>
/// <param name="Problem">Why nothing is known of them where there may be some; null where there is no driver at all.</param>
public sealed record GpuInventory(IReadOnlyList<Gpu> Gpus, string? Problem = null)
{
    /// <summary>No GPU and no driver.</summary>
    public static GpuInventory None { get; } = new([]);

    /// <summary>The driver's version; null where it does not tell.</summary>
    public string? Driver { get; init; }

    /// <summary>
    /// Those that CUDA shows to this process, in its numbering: the inventory, or what CUDA_VISIBLE_DEVICES picks of it, by number or by the beginning of an
    /// id. As for CUDA, the list ends at the first entry that names no GPU; one that is named again counts as none.
    /// </summary>
    /// <param name="visible">CUDA_VISIBLE_DEVICES; null for all.</param>
    public IReadOnlyList<Gpu> Visible(string? visible)
    {
        if (visible is null)
            return Gpus;
        var shown = new List<Gpu>();
        foreach (var entry in visible.Split(','))
        {
            if (Find(entry.Trim()) is not { } gpu || shown.Contains(gpu))
                break;
            shown.Add(gpu);
        }

        return shown;
    }

    private Gpu? Find(string entry)
    {
        if (int.TryParse(entry, CultureInfo.InvariantCulture, out var index))
            return Gpus.ElementAtOrDefault(index);
        Gpu[] named = entry.Length == 0 ? [] : [.. Gpus.Where(gpu => gpu.Id.StartsWith(entry, StringComparison.Ordinal))];
        return named.Length == 1 ? named[0] : null;
    }
}
