using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PmSFC.Abstractions.Tests.Formats;

/// <summary>A message of any type of the contract, every member of which has a value that follows from its name.</summary>
internal static class SampleMessage
{
    private static readonly MethodInfo CreateArray = Generic(nameof(Array)),
        CreateDictionary = Generic(nameof(Dictionary));

    public static object Of(Type type) => Value(type, "", ImmutableHashSet<Type>.Empty)!;

    private static object? Value(Type type, string name, ImmutableHashSet<Type> around)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Value(underlying, name, around);
        if (type == typeof(string))
            return $"a {name}";
        if (type == typeof(bool))
            return true;
        if (type == typeof(int))
            return name.Length;
        if (type == typeof(long))
            return name.Length + (1L << 40);
        if (type == typeof(double))
            return name.Length + 0.25;
        if (type == typeof(TimeSpan))
            return TimeSpan.FromSeconds(name.Length);
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        if (type.IsEnum)
            return Enum.ToObject(type, 1);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return CreateArray
                .MakeGenericMethod(type.GetGenericArguments())
                .Invoke(null, [Value(type.GetGenericArguments()[0], name, around)]);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>))
            return CreateDictionary
                .MakeGenericMethod(type.GetGenericArguments())
                .Invoke(null, [.. type.GetGenericArguments().Select(argument => Value(argument, name, around))]);
        // A specification that holds another of its kind holds one that holds none.
        return around.Contains(type) ? null : Filled(type, around.Add(type));
    }

    private static object Filled(Type type, ImmutableHashSet<Type> around)
    {
        var message = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<IdAttribute>() is not null))
            property.SetValue(message, Value(property.PropertyType, property.Name, around));
        return message;
    }

    private static ImmutableArray<T> Array<T>(T? item) => item is null ? [] : [item];

    private static ImmutableSortedDictionary<TKey, TValue> Dictionary<TKey, TValue>(TKey key, TValue value)
        where TKey : notnull => ImmutableSortedDictionary<TKey, TValue>.Empty.Add(key, value);

    private static MethodInfo Generic(string name) => typeof(SampleMessage).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}
