using PmSFC.Engine.Checkpoints;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Files that differ from others in a tensor, or lack some.</summary>
internal static class ChangedFile
{
    /// <summary>A safetensors file without a tensor, or with another one.</summary>
    public static byte[] Of(byte[] content, string without = "", (string Name, float[] Values, long[] Shape)? with = null) =>
        Of(content, without.Equals, with);

    /// <summary>A safetensors file without the tensors of some names.</summary>
    public static byte[] Without(byte[] content, Func<string, bool> isLeftOut) => Of(content, isLeftOut, with: null);

    private static byte[] Of(byte[] content, Func<string, bool> isLeftOut, (string Name, float[] Values, long[] Shape)? with)
    {
        var file = SafetensorsFile.Read(content, "whole");
        var writer = new SafetensorsWriter();
        foreach (var entry in file.Header.Entries.Values.Where(entry => !isLeftOut(entry.Name)))
            writer.Add(entry.Name, file.ReadFloats(entry.Name, [.. entry.Shape]), [.. entry.Shape]);
        if (with is var (name, values, shape))
            writer.Add(name, values, shape);
        return writer.ToArray();
    }
}
