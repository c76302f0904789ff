namespace PmSFC.Engine.Costs;

/// <summary>How the images of a batch go through a model.</summary>
public enum ImageOrder
{
    /// <summary>All at once, layer by layer.</summary>
    Together,

    /// <summary>One after another, each through a network of its own.</summary>
    OneByOne,
}
