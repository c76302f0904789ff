using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Generators;
using PmSFC.Client.Images;
using PmSFC.Client.ImageSets;
using PmSFC.Client.Specs;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;
using PmSFC.Storage;
using PmSFC.Web.Access;

namespace PmSFC.Web.Api;

/// <summary>Specs of sweeps over what the store has: they name no file of the silo's machine or of the caller's.</summary>
internal static class SubmissionRoutes
{
    private const string Spec = "spec";

    // The images of a set are decoded to tell their ids.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Maps them.</summary>
    /// <param name="looks">For what changes nothing.</param>
    /// <param name="changes">For what does.</param>
    public static void Map(RouteGroupBuilder looks, RouteGroupBuilder changes)
    {
        looks.MapGet("/generators", GeneratorsAsync).WithSummary("The generators of the store").For(AccessRole.Viewer);
        looks.MapGet("/image-sets", ImageSetsAsync).WithSummary("The image sets of the store").For(AccessRole.Viewer);
        Accepting(
            changes
                .MapPost("/plans", PlanAsync)
                .WithSummary("Check a spec in YAML or JSON, and tell what it would do; nothing is stored or started")
        );
        Accepting(
            changes
                .MapPost("/sweeps", SubmitAsync)
                .WithSummary("Start the sweep of a spec in YAML or JSON, or go on with it where it is there already")
        );
    }

    private static void Accepting(RouteHandlerBuilder route) =>
        route
            .For(AccessRole.Operator)
            .Accepts<string>("application/yaml", "application/json")
            .WithRequestTimeout(
                new RequestTimeoutPolicy { Timeout = Patience, TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable }
            );

    private static async Task<Ok<GeneratorList>> GeneratorsAsync(IArtifactStore store, CancellationToken cancellation) =>
        TypedResults.Ok(
            new GeneratorList([
                .. (await new GeneratorDirectory(store).ListAsync(cancellation)).Cards.Select(card => new GeneratorRow(
                    card.Id,
                    card.Name,
                    card.Resolution
                )),
            ])
        );

    private static async Task<Ok<ImageSetList>> ImageSetsAsync(IArtifactStore store, CancellationToken cancellation) =>
        TypedResults.Ok(
            new ImageSetList([
                .. (await new ImageSetDirectory(store).ListAsync(cancellation)).Sets.Select(set => new ImageSetRow(
                    set.Name,
                    set.Images.Length
                )),
            ])
        );

    private static async Task<Results<Ok<PlanAnswer>, ProblemHttpResult>> PlanAsync(
        HttpRequest request,
        SweepClient sweeps,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        try
        {
            var (plan, _) = await ReadAsync(request, sweeps, store, cancellation);
            var forecast = await sweeps.ForecastAsync(plan, cancellation);
            return TypedResults.Ok(
                new PlanAnswer(
                    plan.Id,
                    plan.Name,
                    plan.Images.Length,
                    [.. forecast.Cells.Select(cell => new PlannedCell(cell.Label, cell.Jobs, cell.Done, cell.Iterations, cell.BytesPerJob))]
                )
            );
        }
        catch (BadInputException e)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static async Task<Results<Created<SweepAnswer>, ProblemHttpResult>> SubmitAsync(
        HttpRequest request,
        SweepClient sweeps,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        try
        {
            var (plan, images) = await ReadAsync(request, sweeps, store, cancellation);
            await images.StoreAsync(store, cancellation);
            using var run = await sweeps.StartAsync(plan, cancellation);
            return TypedResults.Created($"/api/v1/sweeps/{plan.Id}", new SweepAnswer(plan.Id, plan.Name, run.Status));
        }
        catch (BadInputException e)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private static async Task<(SweepPlan Plan, ImageSet Images)> ReadAsync(
        HttpRequest request,
        SweepClient sweeps,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        var file = SweepFile.Parse(await TextAsync(request, cancellation), Spec);
        RefuseFiles(file);
        var card = await new GeneratorDirectory(store).FindAsync(file.Generator, cancellation);
        var images = await ImageSet.ReadAsync([file.ImagesPath!], card.Resolution, file.Limit, store, cancellation);
        var spec = file.ToSpec(card.Id, images.References) with { Owner = file.Owner ?? request.HttpContext.User.Identity!.Name! };
        return (await sweeps.PlanAsync(spec, file, cancellation), images);
    }

    private static async Task<string> TextAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancellation);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content.GetBuffer(), 0, (int)content.Length);
        }
        catch (DecoderFallbackException)
        {
            throw new BadInputException("The spec is not UTF-8 text; send YAML or JSON in UTF-8.");
        }
    }

    /// <summary>A path would be one of the silo's machine, whose files are not the caller's.</summary>
    private static void RefuseFiles(SweepFile file)
    {
        if (file.ImagesPath is not { } images)
            throw At(
                "images",
                "the spec names no images; write 'images: set:NAME' with an image set of the store, which 'pmsfc images import' makes."
            );
        if (!ImageSetName.IsReference(images))
            throw At(
                "images",
                "the images must be an image set of the store, written as set:NAME; 'pmsfc images import' makes one of a folder."
            );
        if (file.TaskImagePaths.Keys.FirstOrDefault() is { } setting)
            throw At(
                $"task.settings.{setting}",
                "a picture file cannot be named here; run a task that needs one from the command line with --cluster."
            );
        for (var i = 0; i < file.NetworkPaths.Length; i++)
            if (file.NetworkPaths[i] != NetworkPaths.None)
                throw At(
                    $"methods[{i}].network",
                    "images or weights of a network cannot be named here; run such a sweep from the command line with --cluster."
                );

        BadInputException At(string path, string sentence) => new(file.Describe(new SpecIssue(path, sentence)));
    }
}
