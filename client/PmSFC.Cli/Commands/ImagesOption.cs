using PmSFC.Abstractions.Failures;
using PmSFC.Client.ImageSets;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>--images</c>: a folder, a file, or an image set of the store as <c>set:NAME</c>.</summary>
internal static class ImagesOption
{
    /// <summary>Where images are.</summary>
    public static ValueKind<string> Kind { get; } = new("the path of a folder or file, or set:NAME", (string text, out string? value) =>
        {
            if (!ImageSetName.IsReference(text))
                return ValueKinds.Path.TryRead(text, out value);
            value = text;
            return ImageSetName.Fault(text);
        });

    /// <summary>Makes the option.</summary>
    /// <param name="what">What the images are for.</param>
    public static ValueOption<string> Create(string what) =>
        new("--images", Kind) { Description = $"{what}: a folder, a file, or set:NAME for an image set of the store", HelpName = "path" };

    /// <summary>A location with its path in full.</summary>
    /// <param name="name">What it is the value of, for the problem.</param>
    /// <param name="text">What was written.</param>
    /// <exception cref="BadInputException">It is no location of images.</exception>
    public static string FullLocation(string name, string text)
    {
        if (Kind.Read(name, text, out var location) is { } problem)
            throw new BadInputException(problem);
        return ImageSetName.IsReference(text) ? text : Path.GetFullPath(location!);
    }
}
