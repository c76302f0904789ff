using PmSFC.Engine.Checkpoints;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Files that differ from others in a tensor.</summary>
internal static class ChangedFile
{
    /// <summary>A safetensors file without a tensor, or with another one.</summary>
    public static byte[] Of(byte[] content, string without = "", (string Name, float[] Values, long[] Shape)? with = null)
    {
        var file = SafetensorsFile.Read(content, "whole");
        var writer = new SafetensorsWriter();
        foreach (var entry in file.Header.Entries.Values.Where(entry => entry.Name != without))
            writer.Add(entry.Name, file.ReadFloats(entry.Name, [.. entry.Shape]), [.. entry.Shape]);
        if (with is var (name, values, shape))
            writer.Add(name, values, shape);
        return writer.ToArray();
    }
}
