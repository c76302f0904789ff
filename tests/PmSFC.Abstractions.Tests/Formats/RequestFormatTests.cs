using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Tests.Formats;

/// <summary>
/// The bytes of a call: the grain interface, the method and its arguments. The messages among the arguments are null here, as <see cref="MessageFormatTests"/> has them.
/// </summary>
public sealed class RequestFormatTests : IDisposable
{
    private static readonly Type[] Interfaces = [typeof(ISweepGrain), typeof(IInversionJobGrain), typeof(IDevicePoolGrain)];

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    public static TheoryData<string> Methods => [.. Requests.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What Orleans generates for each method, by the aliases of its interface and of itself.</summary>
    private static Dictionary<string, Type> Requests { get; } =
        (
            from type in typeof(ISweepGrain).Assembly.GetTypes()
            where typeof(IInvokable).IsAssignableFrom(type) && !type.IsAbstract
            let request = (IInvokable)Activator.CreateInstance(type)!
            where Interfaces.Contains(request.GetInterfaceType())
            select (type, name: $"{Alias(request.GetInterfaceType())}.{Alias(request.GetMethod())}")
        ).ToDictionary(request => request.name, request => request.type, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Serialize_CallOfAMethod_GivesTheBytesOfItsFile(string method)
    {
        var request = (IInvokable)Activator.CreateInstance(Requests[method])!;
        foreach (var parameter in request.GetMethod().GetParameters())
        {
            if (Argument(parameter) is { } argument)
                request.SetArgument(parameter.Position, argument);
        }

        GoldenFile.ShouldHold($"Requests/{method}.bin", _services.GetRequiredService<Serializer>().SerializeToArray<object>(request));
    }

    [Fact]
    public void Requests_OfTheInterfaces_AreOneForEachMethod() => Requests.Count.ShouldBe(Interfaces.Sum(type => type.GetMethods().Length));

    private static object? Argument(ParameterInfo parameter) =>
        parameter.ParameterType switch
        {
            var type when type == typeof(string) => $"a {parameter.Name}",
            var type when type == typeof(int) => 3,
            var type when type == typeof(long) => 3L,
            { IsGenericType: true } type when type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => type.GetField(
                        nameof(ImmutableArray<>.Empty)
                    )!
                .GetValue(null),
            var type when !type.IsValueType || type == typeof(CancellationToken) => null,
            var type => throw new NotSupportedException($"{parameter.Name} is a {type}."),
        };

    private static string Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()!.Alias;
}
