using System.Globalization;
using System.Reflection;

namespace PmSFC.Abstractions.Tests.Contract;

/// <summary>The serialized contract of an assembly as lines: every alias, and every member with its id.</summary>
internal static class ContractText
{
    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [
            .. from type in assembly.GetTypes()
            where type.Namespace is { } space && !space.StartsWith("OrleansCodeGen", StringComparison.Ordinal)
            where
                type.GetCustomAttribute<GenerateSerializerAttribute>() is not null
                || (typeof(IGrain).IsAssignableFrom(type) && type.IsInterface)
            from line in type.IsInterface ? Methods(type) : Members(type)
            orderby line.Type, line.Order, line.Text
            select line.Text,
            .. from type in assembly.GetTypes()
            where type.IsEnum && type.IsPublic
            from name in Enum.GetNames(type)
            let value = Convert.ToInt32(Enum.Parse(type, name), CultureInfo.InvariantCulture)
            orderby type.Name, value
            select $"enum {type.Name} {value} {name}",
        ];

    private static IEnumerable<(string Type, long Order, string Text)> Members(Type type)
    {
        var alias = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"NO ALIAS {type.FullName}";
        yield return (alias, -1, $"{alias} = {type.Name}");
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<IdAttribute>() is { } id)
                yield return (alias, id.Id, $"{alias} {id.Id} {property.Name} {Name(property.PropertyType)}");
        }
    }

    private static IEnumerable<(string Type, long Order, string Text)> Methods(Type type)
    {
        var name = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.Name;
        foreach (var method in type.GetMethods())
        {
            var alias = method.GetCustomAttribute<AliasAttribute>()?.Alias ?? "NO ALIAS";
            var parameters = string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)));
            yield return (name, 0, $"{name} {alias}({parameters}) {Name(method.ReturnType)}");
        }
    }

    private static string Name(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
