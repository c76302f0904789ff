namespace PmSFC.Engine.Checkpoints.Formats;

/// <summary>The formats of checkpoints that are read.</summary>
internal enum CheckpointFormat
{
    /// <summary>A safetensors file.</summary>
    Safetensors,

    /// <summary>A zip archive: PyTorch's, or numpy's of named arrays.</summary>
    Zip,

    /// <summary>A pickle, or the row of pickles and storages that PyTorch wrote before 1.6.</summary>
    Pickle,
}
