namespace PmSFC.Engine.Methods.Esrgan;

/// <summary>What a code base calls the layers of ESRGAN's RRDBNet.</summary>
internal sealed record RrdbNames
{
    /// <summary>The authors' public code since 2019, RRDBNet_arch; weights are stored here under its names too.</summary>
    public static RrdbNames Authors { get; } =
        new()
        {
            First = "conv_first",
            Dense = (block, dense, layer) => $"RRDB_trunk.{block}.RDB{dense}.conv{layer}",
            TrunkEnd = _ => "trunk_conv",
            Doubling = index => $"upconv{index + 1}",
            Fine = _ => "HRconv",
            Last = _ => "conv_last",
        };

    /// <summary>The authors' code of 2018, a sequence whose items are numbered. Enlargement by 3 has the tensors of that by 2 and is not told from it.</summary>
    public static RrdbNames First2018 { get; } =
        new()
        {
            First = "model.0",
            Dense = (block, dense, layer) => $"model.1.sub.{block}.RDB{dense}.conv{layer}.0",
            TrunkEnd = blocks => $"model.1.sub.{blocks}",
            Doubling = index => $"model.{3 * index + 3}",
            Fine = doublings => $"model.{3 * doublings + 2}",
            Last = doublings => $"model.{3 * doublings + 4}",
        };

    /// <summary>BasicSR, and Real-ESRGAN after it.</summary>
    public static RrdbNames BasicSr { get; } =
        new()
        {
            First = "conv_first",
            Dense = (block, dense, layer) => $"body.{block}.rdb{dense}.conv{layer}",
            TrunkEnd = _ => "conv_body",
            Doubling = index => $"conv_up{index + 1}",
            Fine = _ => "conv_hr",
            Last = _ => "conv_last",
        };

    /// <summary>Every code base that is known.</summary>
    public static IReadOnlyList<RrdbNames> All { get; } = [Authors, First2018, BasicSr];

    /// <summary>The first layer.</summary>
    public required string First { get; init; }

    /// <summary>A layer of a dense block, by the numbers of the block (from 0), of the dense block in it (from 1) and of the layer (from 1).</summary>
    public required Func<int, int, int, string> Dense { get; init; }

    /// <summary>The layer after all blocks, by their number.</summary>
    public required Func<int, string> TrunkEnd { get; init; }

    /// <summary>A layer after maps were doubled, by its number.</summary>
    public required Func<int, string> Doubling { get; init; }

    /// <summary>The layer before the last, by the number of doublings.</summary>
    public required Func<int, string> Fine { get; init; }

    /// <summary>The last layer, by the number of doublings.</summary>
    public required Func<int, string> Last { get; init; }

    /// <summary>A tensor by which the code base is told from others.</summary>
    public string Mark => $"{Dense(0, 1, 1)}.weight";
}
