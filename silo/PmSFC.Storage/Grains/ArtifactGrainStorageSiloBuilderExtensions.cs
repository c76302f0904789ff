using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;

namespace PmSFC.Storage;

/// <summary>Registers <see cref="ArtifactGrainStorage"/>.</summary>
public static class ArtifactGrainStorageSiloBuilderExtensions
{
    /// <summary>Keeps the state of grains in the silo's registered <see cref="IArtifactStore"/>.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The storage's name in <c>[PersistentState]</c>; "Default" serves states that name none.</param>
    public static ISiloBuilder AddArtifactGrainStorage(this ISiloBuilder builder, string name = "Default") =>
        builder.ConfigureServices(services =>
            services.AddGrainStorage(name, (provider, _) =>
                new ArtifactGrainStorage(
                    provider.GetRequiredService<IArtifactStore>(),
                    provider.GetRequiredService<IActivatorProvider>(),
                    provider.GetRequiredService<ILogger<ArtifactGrainStorage>>()
                )
            )
        );
}
