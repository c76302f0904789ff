using Shouldly;

namespace PmSFC.Testing;

/// <summary>
/// Files in a test project's folder <c>Golden</c>, as some version of the product has written them. They are never changed: where a newer version
/// writes other bytes, its file is added next to the old one, which it must go on to read.
/// </summary>
public static class GoldenFile
{
    /// <summary>Names a test project's folder <c>Golden</c>; where it is set, files that are missing there are written instead of missed.</summary>
    private const string FolderVariable = "PMSFC_GOLDEN";

    /// <summary>Where they are.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden");

    /// <summary>What one holds.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    /// <summary>Whether there is one of this name.</summary>
    public static bool Exists(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>Whether files that are missing are written.</summary>
    public static bool IsWriting => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 };

    /// <summary>Fails unless what today's code writes is what the file holds.</summary>
    public static void ShouldHold(string name, ReadOnlyMemory<byte> written)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder && !File.Exists(Path.Combine(folder, name)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllBytes(Path.Combine(folder, name), written.ToArray());
            return;
        }

        written
            .ToArray()
            .ShouldBe(
                Read(name),
                $"{name}: what is written has changed. Add a file of the new bytes next to it, and keep the old one readable."
            );
    }
}
