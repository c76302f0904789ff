using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Methods.ColHallucination;
using PmSFC.Engine.Methods.Esrgan;
using PmSFC.Engine.Methods.Rcan;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Metrics;
using PmSFC.Engine.Tests.Support;
using PmSFC.Engine.Training;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Checkpoints;

/// <summary>One network in everything that trainers leave around it, for every reader.</summary>
public sealed class NetworkSearchTests(NetworkSearchTests.Wrapped wrapped) : IClassFixture<NetworkSearchTests.Wrapped>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-wrapped-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>What each file is was said by the script that made it with PyTorch, numpy and zipfile.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Find_OfAGeneratorInEveryWrapper_GivesItsWeightsOrSaysWhy()
    {
        var wrong = new List<string>();

        foreach (var file in wrapped.Files.EnumerateObject())
        {
            try
            {
                var (layout, network) = EngineCatalog.BuiltIn.Families.Identify(StateDict.Read(wrapped.Content(file.Name), file.Name));
                var weights = layout.Read(network.Tensors).ToSafetensors();
                if (file.Value.TryGetProperty("refused", out var sentence))
                    wrong.Add($"{file.Name} was read, but should be refused: {sentence}");
                else if (!weights.AsSpan().SequenceEqual(wrapped.Weights($"{file.Value.GetProperty("is").GetString()}.pth")))
                    wrong.Add($"{file.Name} gave other weights ({network.Note})");
                else if (file.Value.GetProperty("says").GetString() is { } says && network.Note?.Contains(says) != true)
                    wrong.Add($"{file.Name} says '{network.Note}', not '{says}'");
            }
            catch (CheckpointException e)
            {
                if (!file.Value.TryGetProperty("refused", out var sentence))
                    wrong.Add($"refused: {e.Message}");
                else if (!e.Message.Contains(sentence.GetString()!))
                    wrong.Add($"'{e.Message}' lacks '{sentence}'");
                e.Message.ShouldStartWith(file.Name);
                e.Message.ShouldEndWith(".");
                e.Message.ShouldNotContain('\n');
            }
        }

        wrong.ShouldBeEmpty();
        wrapped.Files.EnumerateObject().Count().ShouldBeGreaterThan(100);
    }

    /// <summary>The lines of Python that refusals give are run as they are.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Find_OfTwoNetworksThatCouldBeMeant_GivesALineThatSavesOneAlone()
    {
        string[] files = ["question.pth", "question-averages.pth", "question-prefix.pth", "question-number.pth", "question-module.pth"];
        var lines = files.Select(file =>
        {
            var refusal = Should
                .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(wrapped.Content(file), wrapped.PathOf(file)))
                .Message;
            return $"{refusal.Split("in Python: ")[1].TrimEnd('.')}; os.rename('one.pth', 'one-{file}')";
        });

        Reference.Python(_folder.FullName, "-c", $"import os, torch; {string.Join("; ", lines)}").ShouldSucceed();

        foreach (var file in files)
            EngineCatalog
                .BuiltIn.Families.Read(Content($"one-{file}"), file)
                .ToSafetensors()
                .SequenceEqual(wrapped.Weights("raw.pth"))
                .ShouldBe(file != "question-module.pth", file);
    }

    [FactNeeding<Reference.WithTorch>]
    public void Read_OfWrappedNetworksOfPublishedWeights_GivesTheirAverage()
    {
        Reference.Ask("super_resolution_reference.py", "--files", _folder.FullName);
        Reference.Ask("colorizer_reference.py", "--random", PathOf("colorizer.pth"), "1", "3");
        (INetworkImport Kind, string File)[] networks =
        [
            (new RcanTraining(), "rcan-x4.pt"),
            (new EsrganTraining(), "esrgan-x4.pth"),
            (new ColorizerTraining(), "colorizer.pth"),
        ];
        Wrap([.. networks.SelectMany(network => new[] { PathOf(network.File), PathOf($"wrapped-{network.File}") })]);

        foreach (var (kind, file) in networks)
        {
            var alone = kind.Read(StateDict.Read(Content(file), file), RandomGenerator.Tiny);
            var average = kind.Read(StateDict.Read(Content($"wrapped-{file}"), file), RandomGenerator.Tiny);

            average.Weights.Span.SequenceEqual(alone.Weights.Span).ShouldBeTrue(file);
            average.Settings.ShouldBe(alone.Settings);
            alone.Note.ShouldBeNull();
            average
                .Note.ShouldNotBeNull()
                .ShouldStartWith($"{file}: read the averaged weights in 'ema/state_dict', without 'net.module._orig_mod.'");
        }
    }

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("rcan-x4.pt", "body.0.body.1.body.0.weight", "body.0.body.1.body.0.bias")]
    [InlineData("esrgan-x4.pth", "RRDB_trunk.1.RDB1.conv1.weight", "RRDB_trunk.1.RDB1.conv1.bias")]
    [InlineData("esrgan-x8.pth", "upconv2.weight", "upconv2.bias")]
    public void Read_OfANetworkThatLacksALayer_IsNotThatOfASmallerOne(string file, string missing, string left)
    {
        Reference.Ask("super_resolution_reference.py", "--files", _folder.FullName);
        var whole = StateDict.Read(Content(file), file);
        INetworkImport kind = file.StartsWith("rcan", StringComparison.Ordinal) ? new RcanTraining() : new EsrganTraining();

        var part = whole.Select(whole.Names.Where(name => name != missing).ToDictionary(name => name, StringComparer.Ordinal), "");

        Should
            .Throw<CheckpointException>(() => kind.Read(part, RandomGenerator.Tiny))
            .Message.ShouldStartWith($"{file} holds '{left}', which has no place");
    }

    [FactNeeding<Reference.WithTorch>]
    public void Load_OfAWrappedTrunkAndItsHeads_MeasuresWhatTheyMeasureAlone()
    {
        using var trunks = new RandomTrunks();
        Wrap(trunks.File("squeeze"), PathOf("squeezenet1_1.pth"));
        File.Copy(PathOf("squeezenet1_1.pth"), PathOf("v0.1_squeeze.pth"));
        RgbImage reference = TestImages.Waves(20, 20, 10, 1),
            image = TestImages.Waves(20, 20, 60, 2);
        using var alone = LearnedPerceptualSimilarity.Squeeze.Load(trunks.With("squeeze"));

        using var average = LearnedPerceptualSimilarity.Squeeze.Load(new WeightsFolder(_folder.FullName));

        average.Measure(reference, image).ShouldBe(alone.Measure(reference, image));
        var (architecture, note) = EngineCatalog.BuiltIn.Perceptual.Check(Content("squeezenet1_1.pth"), "V.pth");
        architecture.Name.ShouldBe("squeezenet1_1");
        note.ShouldBe(
            "V.pth: read the averaged weights in 'ema/state_dict', without 'net.module._orig_mod.' before their names; not those in 'state_dict/net.'."
        );
    }

    [Fact]
    public void Load_OfAWrappedDiscriminator_GivesTheSameFeatures()
    {
        using var scope = NewDisposeScope();
        var file = StateDict.Read(RandomGenerator.DiscriminatorFile(8, [4, 6]), "V");
        var writer = new SafetensorsWriter();
        foreach (var name in file.Names)
            writer.Add($"discriminator._orig_mod.module.{name}", file.ReadFloats(name, [.. file.Shape(name)]), [.. file.Shape(name)]);
        var images = TestTensors.Normal(1, 1, 3, 8, 8);
        using var alone = DiscriminatorFeatures.Load(file, CPU);

        using var prefixed = EngineCatalog.BuiltIn.Perceptual.Load(writer.ToArray(), "prefixed", CPU);

        TestTensors.Difference(prefixed.Features(images), alone.Features(images)).ShouldBe(0f);
    }

    [Fact]
    public void Find_OfNamesThatNoTensorHas_GivesNothing()
    {
        var file = StateDict.Read(new SafetensorsWriter().Add("xlayer0.bias", [1], 1).Add("layer0.bias2", [1], 1).ToArray(), "it");

        NetworkSearch.Find(file, "layer0.bias").ShouldBeNull();
        Should
            .Throw<CheckpointException>(() => NetworkSearch.FindOrThrow(file, "layer0.bias"))
            .Message.ShouldBe("it lacks the tensor 'layer0.bias'.");
    }

    private static void Wrap(params string[] files) => Reference.RunScript("wrapped_checkpoints.py", ["--wrap", .. files]);

    private byte[] Content(string file) => File.ReadAllBytes(PathOf(file));

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>The files of one generator.</summary>
    public sealed class Wrapped : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-wrapped-");

        public Wrapped()
        {
            if (Reference.IsAvailable)
                Files = Reference.Ask("wrapped_checkpoints.py", _folder.FullName);
        }

        /// <summary>What each of them must be read as.</summary>
        public System.Text.Json.JsonElement Files { get; }

        public byte[] Weights(string file) => EngineCatalog.BuiltIn.Families.Read(Content(file), file).ToSafetensors();

        public byte[] Content(string file) => File.ReadAllBytes(PathOf(file));

        public string PathOf(string file) => Path.Combine(_folder.FullName, file);

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
