using BenchmarkDotNet.Attributes;
using PmSFC.Engine;
using PmSFC.Engine.Generators;

namespace PmSFC.Benchmarks;

/// <summary>Reading a generator's file, and writing it again.</summary>
[InProcess, MemoryDiagnoser]
public class CheckpointBenchmarks
{
    private readonly byte[] _file = Bundled.Generator();
    private readonly IGeneratorWeights _weights = EngineCatalog.BuiltIn.Families.Read(Bundled.Generator(), "the bundled generator");

    /// <summary>Finding the network and its layout, and checking every number.</summary>
    [Benchmark]
    public IGeneratorWeights Read() => EngineCatalog.BuiltIn.Families.Read(_file, "the bundled generator");

    /// <summary>The project's own file.</summary>
    [Benchmark]
    public byte[] Write() => _weights.ToSafetensors();
}
