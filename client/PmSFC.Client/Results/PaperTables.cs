using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>The tables of Li et al. 2021, “High Fidelity GAN Inversion via Prior Multi-Subspace Feature Composition”.</summary>
public static class PaperTables
{
    private const string CelebA = "CelebA",
        Bedroom = "LSUN bedroom",
        Church = "LSUN church";
    private const string Elsewhere = "on the paper's generators and images";

    private static readonly MetricDisplay Psnr = new()
    {
        Name = "psnr",
        Title = "PSNR (dB)",
        HigherIsBetter = true,
        Digits = 2,
    };
    private static readonly MetricDisplay Lpips = new()
    {
        Name = "lpips",
        Title = "LPIPS",
        HigherIsBetter = false,
        Digits = 4,
    };
    private static readonly MetricDisplay Niqe = new()
    {
        Name = "niqe",
        Title = "NIQE",
        HigherIsBetter = false,
        Digits = 2,
    };
    private static readonly MetricDisplay Auc = new()
    {
        Name = "auc",
        Title = "AuC (%)",
        HigherIsBetter = true,
        Digits = 2,
    };

    private static readonly ImmutableArray<QuotedTable> All =
    [
        new()
        {
            Task = "inversion",
            Caption =
                $"Table 1 of Li et al. 2021, quoted: 300 images a data set, {Elsewhere}. The paper does not say which network LPIPS is measured with. "
                + "All rows but PmSFC's have the numbers of mGANprior's own Table 1 (Gu et al. 2020), where the first three are strategies: one code optimized, "
                + "an encoder alone, and one code optimized from where an encoder begins. So the row InvertLayers has no residuals of layers, unlike the method "
                + "invert-layers; its measured counterpart is gen-vis-mani with iterations.",
            Metrics = [Lpips, Psnr],
            Rows =
            [
                new("InvertGenNet", CelebA, [0.5797, 19.17]),
                new("InvertGenNet", Bedroom, [0.5897, 17.19]),
                new("InvertGenNet", Church, [0.5339, 17.15]),
                new("GenVisMani", CelebA, [0.6992, 11.18]),
                new("GenVisMani", Bedroom, [0.6247, 11.59]),
                new("GenVisMani", Church, [0.5961, 11.58]),
                new("InvertLayers", CelebA, [0.5321, 20.33]),
                new("InvertLayers", Bedroom, [0.5201, 18.34]),
                new("InvertLayers", Church, [0.4789, 17.81]),
                new("mGANprior", CelebA, [0.4432, 23.59]),
                new("mGANprior", Bedroom, [0.1578, 25.13]),
                new("mGANprior", Church, [0.1799, 22.76]),
                new("PmSFC", CelebA, [0.4068, 27.88]),
                new("PmSFC", Bedroom, [0.1300, 27.59]),
                new("PmSFC", Church, [0.1501, 29.67]),
            ],
        },
        new()
        {
            Task = "colorization",
            Caption =
                $"Table 2 of Li et al. 2021, quoted: {Elsewhere}. The gray input and mGANprior on CelebA are marked there as the authors' own implementation.",
            Metrics = [Auc],
            Rows =
            [
                new("gray input", CelebA, [87.33]),
                new("gray input", Bedroom, [88.02]),
                new("gray input", Church, [85.50]),
                new("SemPhoMani", Bedroom, [85.41]),
                new("SemPhoMani", Church, [86.10]),
                new("DIP", Bedroom, [84.33]),
                new("DIP", Church, [83.31]),
                new("ColHallucination", Bedroom, [88.55]),
                new("ColHallucination", Church, [89.13]),
                new("mGANprior", CelebA, [90.35]),
                new("mGANprior", Bedroom, [90.02]),
                new("mGANprior", Church, [89.43]),
                new("PmSFC", CelebA, [91.50]),
                new("PmSFC", Bedroom, [91.34]),
                new("PmSFC", Church, [90.44]),
            ],
        },
        new()
        {
            Task = "super-resolution",
            Caption =
                $"Table 3 of Li et al. 2021, quoted: 16 times the resolution, {Elsewhere}. The paper does not say which network LPIPS is measured with.",
            Metrics = [Psnr, Lpips, Niqe],
            Rows =
            [
                new("DIP", CelebA, [26.87, 0.4236, 4.66]),
                new("RCAN", CelebA, [28.82, 0.4579, 5.70]),
                new("ESRGAN", CelebA, [25.26, 0.3862, 3.27]),
                new("mGANprior", CelebA, [26.93, 0.3584, 3.19]),
                new("PmSFC", CelebA, [28.90, 0.3450, 2.50]),
            ],
        },
    ];

    /// <summary>The table of a task; null where the paper has none.</summary>
    public static QuotedTable? Of(string task) => All.FirstOrDefault(table => table.Task == task);
}
