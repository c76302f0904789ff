using System.Reflection;
using System.Runtime.CompilerServices;

namespace PmSFC.Cluster.Tests.Architecture;

/// <summary>The compiled product.</summary>
internal static class ProductTypes
{
    /// <summary>Every type that is written in the product's sources.</summary>
    public static IEnumerable<Type> All() =>
        Directory
            .EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(IsOfTheProduct)
            .Select(Assembly.LoadFrom)
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type =>
                !type.IsDefined(typeof(CompilerGeneratedAttribute))
                && type.Namespace?.StartsWith("PmSFC", StringComparison.Ordinal) == true
                && !type.IsSubclassOf(typeof(Delegate))
            );

    private static bool IsOfTheProduct(string path) =>
        Path.GetFileNameWithoutExtension(path) is var name
        && name.StartsWith("pmsfc", StringComparison.OrdinalIgnoreCase)
        && !name.Contains(".Test", StringComparison.Ordinal)
        && name != "PmSFC.IterationHook";
}
