namespace PmSFC.Engine.Tests.Support;

/// <summary>Where the tests' files are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static byte[] BundledGenerator => File.ReadAllBytes(Path.Combine(Root, "models/celeba64-pggan/generator.safetensors"));

    public static byte[] BundledDiscriminator => File.ReadAllBytes(Path.Combine(Root, "models/celeba64-pggan/discriminator.safetensors"));

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "PmSFC.Cluster.sln")) ? folder : FindRoot(Directory.GetParent(folder)!.FullName);
}
