using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Abstractions.Tests.Contract;

public sealed class ContractTests
{
    private static readonly Assembly Contract = typeof(JobSpec).Assembly;

    private static IEnumerable<Type> Messages =>
        Contract
            .GetExportedTypes()
            .Where(t => !t.Namespace!.StartsWith("OrleansCodeGen", StringComparison.Ordinal))
            .Where(t => t.GetCustomAttribute<GenerateSerializerAttribute>() is not null);

    /// <summary>Silos of two versions talk to each other in a rolling update, so what is in the file is there for good.</summary>
    [Fact]
    public void AliasesAndIds_AreThoseOfTheFile()
    {
        var recorded = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Contract", "Contract.txt")).Select(WithoutToken).ToArray();
        var actual = ContractText.Of(Contract).Select(WithoutToken).ToArray();
        recorded.Except(actual).ShouldBeEmpty("removed or renumbered, which breaks silos of another version");
        actual.Except(recorded).ShouldBeEmpty("new: add these lines to Contract.txt");
        actual.ShouldBeUnique();
    }

    /// <summary>Orleans does not copy what is marked immutable, so nobody may be able to change it after the call.</summary>
    [Fact]
    public void Messages_CannotBeChangedAfterTheyWereMade()
    {
        foreach (var type in Messages.Where(t => t != typeof(BadInputException)))
        {
            type.GetCustomAttribute<ImmutableAttribute>().ShouldNotBeNull(type.Name);
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
            {
                property
                    .SetMethod!.ReturnParameter.GetRequiredCustomModifiers()
                    .ShouldContain(typeof(IsExternalInit), $"{type.Name}.{property.Name}");
                IsImmutable(property.PropertyType).ShouldBeTrue($"{type.Name}.{property.Name} is a {property.PropertyType}");
            }
        }
    }

    /// <summary>A token is not sent with a call, as the bytes of calls show: a method may gain one.</summary>
    private static string WithoutToken(string line) =>
        line.Replace(", CancellationToken)", ")", StringComparison.Ordinal).Replace("(CancellationToken)", "()", StringComparison.Ordinal);

    private static bool IsImmutable(Type type) =>
        type.IsPrimitive
        || type.IsEnum
        || type == typeof(string)
        || type == typeof(DateTimeOffset)
        || type == typeof(TimeSpan)
        || type.GetCustomAttribute<ImmutableAttribute>() is not null
        || (
            type.IsGenericType
            && type.GetGenericArguments().All(IsImmutable)
            && (type.GetGenericTypeDefinition() == typeof(Nullable<>) || type.Namespace == typeof(ImmutableArray).Namespace)
        );
}
