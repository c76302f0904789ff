using System.Reflection;

namespace PmSFC.Silo.Hosting;

/// <summary>What results say of the product that made them.</summary>
public static class Product
{
    /// <summary>Its version.</summary>
    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
