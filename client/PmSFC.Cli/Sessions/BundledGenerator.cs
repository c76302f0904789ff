using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Cli.Progress;
using PmSFC.Client.Generators;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Silo.Generators;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>A generator that comes with the product; it is imported where somebody asks for it and the store has it not.</summary>
/// <param name="name">Its name, that of its folder too.</param>
/// <param name="perceptual">The file of its perceptual network; <see langword="null"/> where it has none.</param>
internal sealed class BundledGenerator(string name, string? perceptual)
{
    /// <summary>The name of the one that is used where none is named.</summary>
    public const string DefaultName = "celeba64-pggan";

    /// <summary>The name of a file of weights.</summary>
    public const string WeightsFile = "generator.safetensors";

    /// <summary>The name of the default one's perceptual network.</summary>
    public const string DiscriminatorFile = "discriminator.safetensors";

    private const string Terms = "non-commercial research, as the CelebA data";

    /// <summary>Every one.</summary>
    public static IReadOnlyList<BundledGenerator> All { get; } =
    [new(DefaultName, DiscriminatorFile), new("celeba64-stylegan2", perceptual: null)];

    /// <summary>Its name.</summary>
    public string Name => name;

    private string? PerceptualPath => perceptual is null ? null : PathOf(name, perceptual);

    /// <summary>The generator of a name or id, imported first where it is a bundled one.</summary>
    /// <exception cref="BadInputException">The store has no such generator.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task<GeneratorCard> FindAsync(Invocation invocation, IArtifactStore store, string nameOrId)
    {
        var directory = new GeneratorDirectory(store);
        if (
            All.FirstOrDefault(one => one.Name == nameOrId) is { } bundled
            && (await directory.ListAsync(invocation.CancellationToken)).Cards.All(card => card.Name != nameOrId)
        )
        {
            var card = await bundled.ImportAsync(invocation, store);
            invocation.Say($"Imported the bundled generator {nameOrId} ({Amounts.ShortId(card.Id)}; {Terms}).");
            return card;
        }

        return await directory.FindAsync(nameOrId, invocation.CancellationToken);
    }

    /// <summary>Brings back what a store has lost of a bundled generator.</summary>
    /// <returns>False where the id is another generator's.</returns>
    public static async Task<bool> MendAsync(Invocation invocation, IArtifactStore store, string generatorId)
    {
        foreach (var bundled in All)
        {
            if (await bundled.IdAsync(invocation.CancellationToken) != generatorId)
                continue;
            await bundled.ImportAsync(invocation, store);
            invocation.Say($"Imported the bundled generator {bundled.Name} again.");
            return true;
        }

        return false;
    }

    /// <summary>Where a file of one is on this machine.</summary>
    public static string PathOf(string name, string file) => Path.Combine(AppContext.BaseDirectory, "models", name, file);

    private async Task<GeneratorCard> ImportAsync(Invocation invocation, IArtifactStore store) =>
        (
            await new GeneratorImport(EngineCatalog.BuiltIn, store).ImportAsync(
                PathOf(name, WeightsFile),
                PerceptualPath,
                name,
                Terms,
                cancellationToken: invocation.CancellationToken
            )
        ).Card;

    private async Task<string> IdAsync(CancellationToken cancellation)
    {
        var weights = await File.ReadAllBytesAsync(PathOf(name, WeightsFile), cancellation);
        var network = PerceptualPath is { } path ? await File.ReadAllBytesAsync(path, cancellation) : null;
        return GeneratorId.Of(weights, network);
    }
}
