namespace PmSFC.Engine.Inversion;

/// <summary>The inversion methods that exist. A new one is a new file and one line here.</summary>
public static class InversionMethods
{
    /// <summary>Every method.</summary>
    public static IReadOnlyList<IInversionMethod> All { get; } =
    [
        new PmsfcMethod(),
        new MganpriorMethod(),
        new InvertGenNetMethod(),
        new DeepImagePriorMethod(),
        new GenVisManiMethod(),
        new InvertLayersMethod(),
        new SemPhoManiMethod(),
        new ColHallucinationMethod(),
        new RcanMethod(),
        new EsrganMethod(),
        new InputMethod(),
    ];

    /// <summary>The method of a name; <see langword="null"/> where there is none.</summary>
    public static IInversionMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
