using System.Reflection;

namespace PmSFC.Cluster.Tests.Architecture;

/// <summary>A method that is awaited ends with Async, but for those of grains: their names are names on the wire.</summary>
public sealed class AsyncNamesTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Awaited =
    [
        typeof(Task),
        typeof(Task<>),
        typeof(ValueTask),
        typeof(ValueTask<>),
        typeof(IAsyncEnumerable<>),
    ];

    [Fact]
    public void Methods_ThatAreAwaited_EndWithAsync() =>
        Methods().Where(method => !method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(Describe).ShouldBeEmpty();

    [Fact]
    public void Methods_ThatAreNotAwaited_DoNot() =>
        ProductTypes
            .All()
            .SelectMany(type => type.GetMethods(Declared))
            .Where(method => !method.IsSpecialName && method.Name.EndsWith("Async", StringComparison.Ordinal) && !IsAwaited(method))
            .Select(Describe)
            .ShouldBeEmpty();

    [Fact]
    public void Methods_OfTheWholeProduct_AreLookedAt() =>
        Methods().Select(method => method.Module.Assembly).Distinct().Count().ShouldBeGreaterThan(6);

    private static IEnumerable<MethodInfo> Methods() =>
        ProductTypes
            .All()
            .SelectMany(type => type.GetMethods(Declared))
            .Where(method => IsAwaited(method) && !BelongsToGrain(method) && !IsNamedElsewhere(method));

    private static bool IsAwaited(MethodInfo method) =>
        !method.IsSpecialName
        && !method.Name.Contains('<', StringComparison.Ordinal)
        && Awaited.Contains(method.ReturnType.IsGenericType ? method.ReturnType.GetGenericTypeDefinition() : method.ReturnType);

    private static bool BelongsToGrain(MethodInfo method) =>
        method.IsPublic
        && (typeof(IAddressable).IsAssignableFrom(method.DeclaringType) || typeof(Grain).IsAssignableFrom(method.DeclaringType));

    /// <summary>Whether the name is that of an interface of somebody else.</summary>
    private static bool IsNamedElsewhere(MethodInfo method) =>
        method.DeclaringType is { IsInterface: false } type
        && type.GetInterfaces()
            .Where(implemented => implemented.Namespace?.StartsWith("PmSFC", StringComparison.Ordinal) != true)
            .SelectMany(implemented => type.GetInterfaceMap(implemented).TargetMethods)
            .Contains(method);

    private static string Describe(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";
}
