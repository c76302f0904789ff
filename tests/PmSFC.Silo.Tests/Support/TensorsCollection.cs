namespace PmSFC.Silo.Tests.Support;

/// <summary>Tests that make tensors run one after another, so that each may count those that are alive.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TensorsCollection
{
    public const string Name = "tensors";
}
