using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace PmSFC.Storage;

/// <summary>The names of everything that the product stores, the same for silos and clients.</summary>
public static class ArtifactNames
{
    /// <summary>Under which all generators lie.</summary>
    public const string Generators = "generators/";

    /// <summary>Under which all images lie.</summary>
    public const string Images = "images/";

    /// <summary>Under which all lists of images lie.</summary>
    public const string ImageLists = "image-lists/";

    /// <summary>Under which the files of image sets lie, each content once.</summary>
    public const string ImageFiles = "image-files/";

    /// <summary>Under which all image sets lie.</summary>
    public const string ImageSets = "image-sets/";

    /// <summary>Under which all subspace sets lie.</summary>
    public const string Subspaces = "subspaces/";

    /// <summary>Under which all trained networks lie.</summary>
    public const string Networks = "networks/";

    /// <summary>Under which preparations of other kinds lie.</summary>
    public const string Preparations = "preparations/";

    /// <summary>Under which all results of jobs lie.</summary>
    public const string Jobs = "jobs/";

    /// <summary>Under which all results lie that were not accepted because the job had another.</summary>
    public const string Conflicts = "conflicts/";

    /// <summary>Under which all checkpoints lie, by job or network.</summary>
    public const string AllCheckpoints = "checkpoints/";

    /// <summary>Under which the previews of running jobs lie.</summary>
    public const string Previews = "previews/";

    /// <summary>Under which all sweeps lie.</summary>
    public const string Sweeps = "sweeps/";

    /// <summary>Under which all evaluations lie, by spec and sweep.</summary>
    public const string Evaluations = "evaluations/";

    /// <summary>Under which the tables of clusters' silos lie.</summary>
    public const string Memberships = "membership/";

    /// <summary>Under which artifacts lie that were not what their names say and gave place to others.</summary>
    public const string SetAsides = "set-aside/";

    private const string CardFile = "/card.json";
    private const string ImageSetFile = ".json";
    private const string SubspaceSetFile = "/set.json";
    private const string JobResultFile = "/result.json";
    private const string PreviewFile = ".json";
    private const string PreviewPictureFile = ".png";
    private const string SweepPlanFile = "/plan.json";
    private const string EvaluationRecordFile = "evaluation.json";
    private const string MembershipFile = ".json";

    /// <summary>A generator's weights.</summary>
    public static string GeneratorWeights(string id) => $"{Generators}{id}/weights.safetensors";

    /// <summary>The weights of a generator's perceptual network.</summary>
    public static string GeneratorPerceptual(string id) => $"{Generators}{id}/perceptual.safetensors";

    /// <summary>A generator's card; written last, so a generator is there when its card is.</summary>
    public static string GeneratorCard(string id) => $"{Generators}{id}{CardFile}";

    /// <summary>A sheet of a generator's samples.</summary>
    public static string GeneratorThumbnail(string id) => $"{Generators}{id}/thumbnail.png";

    /// <summary>A target image.</summary>
    public static string Image(string id) => $"{Images}{id}.png";

    /// <summary>A list of images to learn from.</summary>
    public static string ImageList(string id) => $"{ImageLists}{id}.json";

    /// <summary>A file of image sets, as it was imported; the id is that of its bytes.</summary>
    public static string ImageFile(string id) => $"{ImageFiles}{id}";

    /// <summary>An image set; written last, so that all of its files are there when this is.</summary>
    public static string ImageSet(string name) => $"{ImageSets}{name}{ImageSetFile}";

    /// <summary>A subspace set; written last, so a set is there when this is.</summary>
    public static string SubspaceSet(string id) => $"{Subspaces}{id}{SubspaceSetFile}";

    /// <summary>A subspace set's self-expression coefficients.</summary>
    public static string SubspaceCoefficients(string id) => $"{Subspaces}{id}/coefficients.safetensors";

    /// <summary>A picture of a subspace set's affinity.</summary>
    public static string SubspaceAffinity(string id) => $"{Subspaces}{id}/affinity.png";

    /// <summary>A network's weights.</summary>
    public static string NetworkWeights(string id) => $"{Networks}{id}/weights.safetensors";

    /// <summary>A network's card; written last, so a network is there when its card is.</summary>
    public static string NetworkCard(string id) => $"{Networks}{id}{CardFile}";

    /// <summary>The content of a preparation of another kind.</summary>
    public static string PreparationContent(string id) => $"{Preparations}{id}/content.safetensors";

    /// <summary>The card of a preparation of another kind; written last, so that it is there when its card is.</summary>
    public static string PreparationCard(string id) => $"{Preparations}{id}{CardFile}";

    /// <summary>A job's result; written last, so a job is done when this is there.</summary>
    public static string JobResult(string id) => $"{Jobs}{id}{JobResultFile}";

    /// <summary>The image that a job reconstructed.</summary>
    public static string JobReconstruction(string id) => $"{Jobs}{id}/reconstruction.png";

    /// <summary>The latent codes and weights that a job found.</summary>
    public static string JobCodes(string id) => $"{Jobs}{id}/codes.safetensors";

    /// <summary>Under which metrics lie that were measured after a job.</summary>
    public static string JobMeasurements(string id) => $"{Jobs}{id}/metrics/";

    /// <summary>A metric that was measured after a job.</summary>
    public static string JobMeasurement(string id, string metric) => $"{JobMeasurements(id)}{metric}.json";

    /// <summary>What is known of a reconstruction that was not accepted because the job had another.</summary>
    public static string Conflict(string jobId, string sha256) => $"{Conflicts}{jobId}/{sha256}.json";

    /// <summary>Where an artifact of that name and SHA-256 goes when it is set aside.</summary>
    public static string SetAside(string name, string sha256) => $"{SetAsides}{sha256[..16]}/{name}";

    /// <summary>What a job stores, the result first: without it the others prove nothing.</summary>
    public static ImmutableArray<string> JobArtifacts(string id) => [JobResult(id), JobReconstruction(id), JobCodes(id)];

    /// <summary>Under which everything of a job lies.</summary>
    public static string JobFolder(string id) => $"{Jobs}{id}/";

    /// <summary>Under which a job's checkpoints lie, ordered by iteration.</summary>
    public static string Checkpoints(string jobId) => $"{AllCheckpoints}{jobId}/";

    /// <summary>A job's checkpoint after so many iterations, 0 to 99 999 999.</summary>
    public static string Checkpoint(string jobId, int iteration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iteration, 99_999_999);
        return $"{Checkpoints(jobId)}{iteration.ToString("D8", CultureInfo.InvariantCulture)}";
    }

    /// <summary>How far a job is and its losses so far; replaced while it runs, gone when its result is stored.</summary>
    public static string Preview(string jobId) => $"{Previews}{jobId}{PreviewFile}";

    /// <summary>A small picture of what a job has come to; replaced while it runs, gone when its result is stored.</summary>
    public static string PreviewPicture(string jobId) => $"{Previews}{jobId}{PreviewPictureFile}";

    /// <summary>A sweep's plan.</summary>
    public static string SweepPlan(string id) => $"{Sweeps}{id}{SweepPlanFile}";

    /// <summary>The record of a spec's evaluation by a sweep; written last, so that its report is there when this is.</summary>
    public static string Evaluation(string specId, string sweepId) => EvaluationFile(specId, sweepId, EvaluationRecordFile);

    /// <summary>A file of an evaluation's report.</summary>
    public static string EvaluationFile(string specId, string sweepId, string file) => $"{EvaluationsOf(specId)}{sweepId}/{file}";

    /// <summary>Under which all evaluations of a spec lie.</summary>
    public static string EvaluationsOf(string specId) => $"{Evaluations}{specId}/";

    /// <summary>
    /// The mutable record of one state of one grain. The parts may be any text: what a name cannot hold is escaped as <c>_</c> and the two
    /// hexadecimal digits of each UTF-8 byte, so different texts never share a name.
    /// </summary>
    public static string State(string grainType, string stateName, string key) =>
        $"state/{Escape(grainType)}/{Escape(stateName)}/{Escape(key)}";

    /// <summary>The table of a cluster's silos; the cluster's id may be any text.</summary>
    public static string Membership(string clusterId) => $"{Memberships}{Escape(clusterId)}{MembershipFile}";

    /// <summary>Whether a name is that of an artifact by its ending, so that no other name lies below it.</summary>
    public static bool IsOfFile(string name) => Path.GetExtension(name) is ".json" or ".png" or ".safetensors";

    /// <summary>The iteration that a checkpoint's name tells.</summary>
    /// <returns>False where the name is not a checkpoint's.</returns>
    public static bool TryParseCheckpoint(string name, out int iteration)
    {
        var cut = name.LastIndexOf('/');
        iteration = 0;
        return name.StartsWith(AllCheckpoints, StringComparison.Ordinal)
            && name.Length - cut == 9
            && int.TryParse(name.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out iteration);
    }

    /// <summary>The id of the generator whose card has that name, or null.</summary>
    public static string? GeneratorOf(string name) => IdBetween(name, Generators, CardFile);

    /// <summary>The name of the image set whose record has that name, or null.</summary>
    public static string? ImageSetOf(string name) => IdBetween(name, ImageSets, ImageSetFile);

    /// <summary>The id of the subspace set that has that name, or null.</summary>
    public static string? SubspaceSetOf(string name) => IdBetween(name, Subspaces, SubspaceSetFile);

    /// <summary>The id of the network whose card has that name, or null.</summary>
    public static string? NetworkOf(string name) => IdBetween(name, Networks, CardFile);

    /// <summary>The id of the job whose result has that name, or null.</summary>
    public static string? JobOf(string name) => IdBetween(name, Jobs, JobResultFile);

    /// <summary>The id of the job whose conflict has that name, or null.</summary>
    public static string? ConflictOf(string name) =>
        name.StartsWith(Conflicts, StringComparison.Ordinal) && name.Split('/') is [_, { Length: > 0 } id, _] ? id : null;

    /// <summary>The id of the job, subspace set or network whose checkpoint has that name, or null.</summary>
    public static string? CheckpointOf(string name) =>
        name.Split('/') is [_, { Length: > 0 } id, _] && TryParseCheckpoint(name, out _) ? id : null;

    /// <summary>The id of the job whose preview, or its picture, has that name, or null.</summary>
    public static string? PreviewOf(string name) => IdBetween(name, Previews, PreviewFile) ?? IdBetween(name, Previews, PreviewPictureFile);

    /// <summary>The id of the sweep whose plan has that name, or null.</summary>
    public static string? SweepOf(string name) => IdBetween(name, Sweeps, SweepPlanFile);

    /// <summary>The ids of the spec and the sweep whose evaluation's record has that name, or null.</summary>
    public static (string SpecId, string SweepId)? EvaluationOf(string name) =>
        name.StartsWith(Evaluations, StringComparison.Ordinal)
        && name.Split('/') is [_, { Length: > 0 } spec, { Length: > 0 } sweep, EvaluationRecordFile]
            ? (spec, sweep)
            : null;

    /// <summary>The id of the cluster whose table has that name, or null; where the id held other than lower-case letters, digits, <c>.</c> and <c>-</c>, it is still escaped.</summary>
    public static string? ClusterOf(string name) => IdBetween(name, Memberships, MembershipFile);

    private static string? IdBetween(string name, string folder, string file)
    {
        if (!name.StartsWith(folder, StringComparison.Ordinal) || !name.EndsWith(file, StringComparison.Ordinal))
            return null;
        var id = name[folder.Length..Math.Max(folder.Length, name.Length - file.Length)];
        return id.Length > 0 && !id.Contains('/') ? id : null;
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterLower((char)b) || char.IsAsciiDigit((char)b) || b is (byte)'.' or (byte)'-')
                escaped.Append((char)b);
            else
                escaped.Append('_').Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        // No escape is "_.", so the prefix that makes a leading '_', '.' or '-' (or nothing) a valid segment cannot collide.
        return escaped.Length > 0 && char.IsAsciiLetterOrDigit(escaped[0]) ? escaped.ToString() : $"0_.{escaped}";
    }
}
