namespace PmSFC.Engine.Preparation;

/// <summary>A preparation under way that ends in one safetensors file.</summary>
public abstract class ContentRun : PreparationRun
{
    /// <summary>The content, after the last iteration: a safetensors file, equal to the bit for an equal generator, settings and seed on one device.</summary>
    /// <exception cref="InvalidOperationException">Iterations are left to do.</exception>
    public abstract byte[] Finish();
}
