using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Cli.Progress;
using PmSFC.Client.Generators;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Silo.Generators;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>The generator that comes with the product; it is imported where somebody asks for it and the store has it not.</summary>
internal static class BundledGenerator
{
    /// <summary>Its name.</summary>
    public const string Name = "celeba64-pggan";

    private const string Terms = "non-commercial research, as the CelebA data";

    /// <summary>The generator of a name or id, imported first where it is the bundled one.</summary>
    /// <exception cref="BadInputException">The store has no such generator.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public static async Task<GeneratorCard> FindAsync(Invocation invocation, IArtifactStore store, string nameOrId)
    {
        var directory = new GeneratorDirectory(store);
        if (nameOrId == Name && (await directory.ListAsync(invocation.CancellationToken)).Cards.All(card => card.Name != Name))
        {
            var (card, _) = await new GeneratorImport(EngineCatalog.BuiltIn, store).ImportAsync(
                PathOf("generator.safetensors"),
                PathOf("discriminator.safetensors"),
                Name,
                Terms,
                invocation.CancellationToken
            );
            invocation.Say($"Imported the bundled generator {Name} ({Amounts.ShortId(card.Id)}; {Terms}).");
            return card;
        }

        return await directory.FindAsync(nameOrId, invocation.CancellationToken);
    }

    /// <summary>Brings back what a store has lost of the bundled generator.</summary>
    /// <returns>False where the id is another generator's.</returns>
    public static async Task<bool> MendAsync(Invocation invocation, IArtifactStore store, string generatorId)
    {
        var (weights, perceptual) = (await ReadAsync("generator.safetensors"), await ReadAsync("discriminator.safetensors"));
        if (GeneratorId.Of(weights, perceptual) != generatorId)
            return false;
        await new GeneratorImport(EngineCatalog.BuiltIn, store).ImportAsync(
            PathOf("generator.safetensors"),
            PathOf("discriminator.safetensors"),
            Name,
            Terms,
            invocation.CancellationToken
        );
        invocation.Say($"Imported the bundled generator {Name} again.");
        return true;

        Task<byte[]> ReadAsync(string file) => File.ReadAllBytesAsync(PathOf(file), invocation.CancellationToken);
    }

    /// <summary>Where a file of it is on this machine.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "models", Name, file);
}
