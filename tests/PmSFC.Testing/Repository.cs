namespace PmSFC.Testing;

/// <summary>The checkout that the tests were built in.</summary>
public static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The bundled PGGAN, of 64×64 pixels.</summary>
    public static byte[] BundledGenerator => File.ReadAllBytes(PathOf("models/celeba64-pggan/generator.safetensors"));

    /// <summary>The bundled StyleGAN2, of 64×64 pixels.</summary>
    public static byte[] BundledStyleGan2 => File.ReadAllBytes(PathOf("models/celeba64-stylegan2/generator.safetensors"));

    /// <summary>The discriminator that was trained with the PGGAN.</summary>
    public static byte[] BundledDiscriminator => File.ReadAllBytes(PathOf("models/celeba64-pggan/discriminator.safetensors"));

    /// <summary>Where a file or folder of it is.</summary>
    public static string PathOf(string path) => Path.Combine(Root, path);

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "PmSFC.Cluster.sln")) ? folder : FindRoot(Directory.GetParent(folder)!.FullName);
}
