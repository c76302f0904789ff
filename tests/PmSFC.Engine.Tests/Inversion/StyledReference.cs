using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

/// <summary>Searches by a StyleGAN2 generator of 32 pixels, with the discriminator of a PGGAN as V, next to those of PyTorch.</summary>
internal static class StyledReference
{
    public const int Steps = 50;

    public static byte[] File { get; } = RandomStyleGan2.File(RandomStyleGan2.Small);

    private static byte[] Discriminator { get; } = RandomGenerator.DiscriminatorFile(32, [4, 5, 6, 7]);

    /// <summary>V, in double precision.</summary>
    public static DiscriminatorFeatures Perceptual() =>
        DiscriminatorFeatures.Load(StateDict.Read(Discriminator, "V"), CPU, ScalarType.Float64);

    /// <summary>How far the losses of a search are from those of PyTorch's from the same start.</summary>
    /// <param name="method">The method.</param>
    /// <param name="problem">One image.</param>
    /// <param name="known">What PyTorch is told besides: tensors.</param>
    /// <param name="settings">And settings.</param>
    /// <returns>The largest relative difference.</returns>
    public static float Difference(
        IOptimizationMethod method,
        InversionProblem problem,
        IEnumerable<(string Name, float[] Values, long[] Shape)> known,
        params IEnumerable<(string Name, string Value)> settings
    )
    {
        using var run = method.Start(problem);
        var writer = new SafetensorsWriter().Add("target", TestTensors.Floats(problem.Targets), 3, 32, 32);
        foreach (var (name, values, shape) in known)
            writer.Add(name, values, shape);
        foreach (var content in method.Needs(problem.Settings).Select(need => problem.Prepared[need.Kind]).Append(run.Codes(0)))
        {
            var file = SafetensorsFile.Read(content, "what is known");
            foreach (var entry in file.Header.Entries.Values)
                writer.Add(entry.Name, file.ReadFloats(entry.Name, [.. entry.Shape]), [.. entry.Shape]);
        }

        foreach (var (name, value) in settings.Concat([("method", method.Name), ("steps", $"{Steps}")]))
            writer.AddMetadata(name, value);
        var ours = new float[Steps];
        for (var step = 0; step < Steps; step++)
        {
            run.Step();
            ours[step] = run.Losses()[0];
        }

        var theirs = Reference.Run("styles_reference.py", "losses", File, Discriminator, writer.ToArray());

        theirs.Length.ShouldBe(Steps);
        theirs[^1].ShouldBeLessThan(theirs[0]);
        return ours.Zip(theirs, (a, b) => Math.Abs(a - b) / b).Max();
    }
}
