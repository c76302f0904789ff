using System.Reflection;
using System.Text.RegularExpressions;

namespace PmSFC.Cluster.Tests.Architecture;

/// <summary>The pages for developers call things what the code calls them.</summary>
public sealed partial class DeveloperPagesTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/extending.md")]
    public void Names_OfThePage_AreThoseOfTypesAndMembers(string page)
    {
        // One type of a library is spoken of: TorchSharp's numbers, which must be held while they are used.
        Type[] types = [.. ProductTypes.All(), typeof(TorchSharp.Scalar)];
        var known = types.SelectMany(type => Members(type).Append(Name(type)).Concat(type.Namespace!.Split('.'))).ToHashSet();
        string[] named = [.. Quoted().Matches(File.ReadAllText(Repository.PathOf(page))).Select(match => match.Groups[1].Value).Distinct()];

        named.Length.ShouldBeGreaterThan(50);
        named.Where(name => !IsThere(name)).ShouldBeEmpty();

        bool IsThere(string name) =>
            name.Split('.') is [var type, var member]
                ? types.Any(each => Name(each) == type && Members(each).Contains(member))
                : known.Contains(name) || IsTest(name);
    }

    private static bool IsTest(string name) =>
        Directory.EnumerateFiles(Repository.PathOf("tests"), $"{name}.cs", SearchOption.AllDirectories).Any();

    private static string Name(Type type) => type.Name.Split('`')[0];

    private static IEnumerable<string> Members(Type type) =>
        type.GetInterfaces().Append(type).SelectMany(each => each.GetMembers(Any)).Select(member => member.Name);

    /// <summary>What stands between backquotes and is written like a type, or like a type and a member; names of projects, which have folders of their own, are not.</summary>
    [GeneratedRegex(@"`(?!PmSFC\.)([A-Z]\w+(?:\.[A-Z]\w+)?)`", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
