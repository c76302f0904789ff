using Xunit.Sdk;

namespace PmSFC.Storage.Tests;

/// <summary>A fact of a contract, skipped in test classes whose <see cref="NeedsAttribute"/> finds its need unmet.</summary>
[XunitTestCaseDiscoverer("PmSFC.Storage.Tests.ProviderFactDiscoverer", "PmSFC.Storage.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProviderFactAttribute : FactAttribute;
