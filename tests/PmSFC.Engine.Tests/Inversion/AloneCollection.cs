namespace PmSFC.Engine.Tests.Inversion;

/// <summary>Tests that measure the whole process and run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}
