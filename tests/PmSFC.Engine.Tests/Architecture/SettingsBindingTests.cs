using Mono.Cecil;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Tests.Architecture;

/// <summary>
/// Settings are text for ids alone: a method named <c>Bind…</c> makes a record or a number of them, and nothing else reads a setting. Read in the compiled
/// code, so that no loop parses text.
/// </summary>
public sealed class SettingsBindingTests
{
    private static readonly string[] Readers =
    [
        nameof(ResolvedSettings.Integer),
        nameof(ResolvedSettings.Number),
        nameof(ResolvedSettings.Choice),
        nameof(ResolvedSettings.Text),
    ];

    [Fact]
    public void Reads_OfSettings_AreInBindAlone() =>
        Reads()
            .Where(read => !read.In.StartsWith("Bind", StringComparison.Ordinal))
            .Select(read => $"{read.Type}.{read.In} reads a {read.Reader}")
            .Distinct()
            .ShouldBeEmpty();

    [Fact]
    public void Reads_OfEveryKind_AreFound() => Reads().Select(read => read.Reader).Distinct().ShouldBe(Readers, ignoreOrder: true);

    private static IEnumerable<(string Type, string In, string Reader)> Reads() =>
        from type in ModuleDefinition.ReadModule(typeof(ResolvedSettings).Assembly.Location).GetTypes()
        where type.Namespace != typeof(ResolvedSettings).Namespace
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        let called = instruction.Operand as MethodReference
        where called?.DeclaringType.Name == nameof(ResolvedSettings) && Readers.Contains(called.Name)
        select (type.FullName, Written(method.Name), called.Name);

    /// <summary>The name in the source of a method that the compiler makes for a part of another, such as <c>&lt;Bind&gt;b__0</c>.</summary>
    private static string Written(string name) => name.StartsWith('<') && name.IndexOf('>') is > 1 and var end ? name[1..end] : name;
}
