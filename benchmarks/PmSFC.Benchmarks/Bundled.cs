using PmSFC.Engine;
using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Benchmarks;

/// <summary>The bundled generator of 64 pixels, whose file lies next to the program.</summary>
internal static class Bundled
{
    /// <summary>The file's content.</summary>
    public static byte[] Generator() =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "models", "celeba64-pggan", "generator.safetensors"));

    /// <summary>The generator on the CPU.</summary>
    public static IGenerator Load() => EngineCatalog.BuiltIn.Families.Read(Generator(), "the bundled generator").Load(CPU);
}
