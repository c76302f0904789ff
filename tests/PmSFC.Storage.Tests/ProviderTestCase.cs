using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PmSFC.Storage.Tests;

public sealed class ProviderTestCase : XunitTestCase
{
    [Obsolete("For the runner's deserializer.", error: true)]
    public ProviderTestCase() { }

    public ProviderTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(diagnostics, display, options, method) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute)
        ?? TestMethod.TestClass.Class.ToRuntimeType().GetCustomAttribute<NeedsAttribute>(inherit: true)?.Missing;
}
