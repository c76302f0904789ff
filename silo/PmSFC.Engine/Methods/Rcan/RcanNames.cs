namespace PmSFC.Engine.Methods.Rcan;

/// <summary>What a code base calls the layers of RCAN.</summary>
internal sealed record RcanNames
{
    /// <summary>The authors' public code, whose names are those of EDSR's; weights are stored here under them too.</summary>
    public static RcanNames Authors { get; } =
        new()
        {
            Head = "head.0",
            Block = (group, block) => $"body.{group}.body.{block}.body",
            BlockParts = ["0", "2", "3.conv_du.0", "3.conv_du.2"],
            GroupEnd = (group, blocks) => $"body.{group}.body.{blocks}",
            BodyEnd = groups => $"body.{groups}",
            Doubling = index => $"tail.0.{2 * index}",
            Tail = "tail.1",
        };

    /// <summary>BasicSR, which keeps the mean of its training images out of its checkpoints.</summary>
    public static RcanNames BasicSr { get; } =
        new()
        {
            Head = "conv_first",
            Block = (group, block) => $"body.{group}.residual_group.{block}.rcab",
            BlockParts = ["0", "2", "3.attention.1", "3.attention.3"],
            GroupEnd = (group, _) => $"body.{group}.conv",
            BodyEnd = _ => "conv_after_body",
            Doubling = index => $"upsample.{2 * index}",
            Tail = "conv_last",
        };

    /// <summary>Every code base that is known.</summary>
    public static IReadOnlyList<RcanNames> All { get; } = [Authors, BasicSr];

    /// <summary>The first layer.</summary>
    public required string Head { get; init; }

    /// <summary>A block, by the numbers of its group and in its group.</summary>
    public required Func<int, int, string> Block { get; init; }

    /// <summary>What follows a block's name: its two 3×3 layers and the two of its channel attention.</summary>
    public required IReadOnlyList<string> BlockParts { get; init; }

    /// <summary>The layer at the end of a group, by the group's number and its number of blocks.</summary>
    public required Func<int, int, string> GroupEnd { get; init; }

    /// <summary>The layer after all groups, by their number.</summary>
    public required Func<int, string> BodyEnd { get; init; }

    /// <summary>A layer before maps are doubled, by its number.</summary>
    public required Func<int, string> Doubling { get; init; }

    /// <summary>The last layer.</summary>
    public required string Tail { get; init; }

    /// <summary>A tensor by which the code base is told from others.</summary>
    public string Mark => $"{Block(0, 0)}.{BlockParts[2]}.weight";
}
