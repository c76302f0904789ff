using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Preparation;

/// <summary>Mean and standard deviation of the features of a generator, as <see cref="StatisticsPreparation"/> stores them.</summary>
public sealed class GeneratorStatistics
{
    private readonly SafetensorsFile _file;
    private readonly GeneratorArchitecture _architecture;

    private GeneratorStatistics(SafetensorsFile file, GeneratorArchitecture architecture) => (_file, _architecture) = (file, architecture);

    /// <summary>Reads the statistics of a generator.</summary>
    /// <param name="content">The stored file.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static GeneratorStatistics Read(ReadOnlyMemory<byte> content, GeneratorArchitecture architecture) =>
        new(SafetensorsFile.Read(content, "The statistics of the generator"), architecture);

    /// <summary>The mean of each of the C channels at a split, over samples and pixels.</summary>
    /// <exception cref="CheckpointException">The file has none of the split's sizes.</exception>
    public float[] MeansAt(int split) => _file.ReadFloats(MeanEntry(split), _architecture.ChannelsAt(split));

    /// <summary>The standard deviation of each of the C channels at a split, over samples and pixels; 0 for a channel that never varies.</summary>
    /// <exception cref="CheckpointException">The file has none of the split's sizes.</exception>
    public float[] DeviationsAt(int split) => _file.ReadFloats(DeviationEntry(split), _architecture.ChannelsAt(split));

    internal static string MeanEntry(int split) => string.Create(CultureInfo.InvariantCulture, $"mean.{split}");

    internal static string DeviationEntry(int split) => string.Create(CultureInfo.InvariantCulture, $"deviation.{split}");
}
