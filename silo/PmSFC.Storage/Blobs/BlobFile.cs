using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using PmSFC.Abstractions.Failures;
using PmSFC.Wording;

namespace PmSFC.Storage;

/// <summary>
/// Reads a file of a user's from Azure Blob Storage, whatever container it lies in: <c>azure:CONTAINER/PATH</c>, with the account in
/// <see cref="ArtifactStores.ConnectionVariable"/>, or a blob's https address, entered by this process's Azure identity.
/// </summary>
public static partial class BlobFile
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>What a location may be, as the end of a sentence.</summary>
    public const string Kinds = "azure:<container>/<path> or a blob's https address";

    /// <summary>Whether a text is meant as such a location. It may still have a fault.</summary>
    public static bool IsLocation(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return BlobLocation.IsByConnection(text) || BlobLocation.IsAddress(text);
    }

    /// <summary>Why a location names no blob, as a clause that follows "but"; or null.</summary>
    public static string? Fault(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (BlobLocation.IsByConnection(location))
            return ByConnection().IsMatch(location) ? null : "it names no blob: give azure:<container>/<path>";
        if (
            !Uri.TryCreate(location, UriKind.Absolute, out var address)
            || address.AbsolutePath.Trim('/').Split('/') is not [{ Length: > 0 }, _, ..]
        )
            return "it names no blob: give https://<account>.blob.core.windows.net/<container>/<path>";
        return address.Query.Length > 0 || address.UserInfo.Length > 0
            ? "it carries a secret, which others can read in the list of processes: give the blob's address alone, which this process's Azure identity enters, "
                + $"or put the account's connection string into {ArtifactStores.ConnectionVariable} and give azure:<container>/<path>"
            : null;
    }

    /// <summary>Reads a blob.</summary>
    /// <exception cref="BadInputException">The location has a fault, or there is no such blob.</exception>
    /// <exception cref="StoreException">The account does not answer, or refuses this process.</exception>
    public static async Task<byte[]> ReadAsync(string location, CancellationToken cancellationToken = default)
    {
        if (Fault(location) is { } fault)
            throw new BadInputException($"'{ShownText.Line(location)}' is to be read, but {fault}.");
        try
        {
            var answer = await ClientOf(location).DownloadContentAsync(cancellationToken);
            return answer.Value.Content.ToArray();
        }
        catch (Exception e)
            when (e is not (BadInputException or OperationCanceledException)
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw Explain(location, BlobAnswers.Unwrap(e));
        }
    }

    private static BlobClient ClientOf(string location)
    {
        // No store of ours repeats these requests, so the client library does, as its answers ask for (Retry-After).
        var options = BlobLocation.Client();
        options.Retry.MaxRetries = 5;
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.NetworkTimeout = Timeout;
        if (!BlobLocation.IsByConnection(location))
            return new BlobClient(new Uri(location), new DefaultAzureCredential(), options);
        var match = ByConnection().Match(location);
        try
        {
            var connection = Environment.GetEnvironmentVariable(ArtifactStores.ConnectionVariable);
            return BlobLocation.Container(match.Groups[1].Value, connection, options).GetBlobClient(match.Groups[2].Value);
        }
        catch (ArgumentException e)
        {
            throw new BadInputException($"'{ShownText.Line(location)}' cannot be read: {e.Message}");
        }
    }

    // A refusal's own text may quote a signature from the request, so nothing of it but the code is passed on.
    private static Exception Explain(string location, Exception failure) =>
        failure switch
        {
            _ when BlobAnswers.IsMissing(failure) => new BadInputException(
                $"There is no blob {location}; check the container and the path."
            ),
            AuthenticationFailedException => new StoreException(
                StoreFailure.Refused,
                $"no credential for {location} could be had: sign in, or give this process an identity with the role Storage Blob Data Reader."
            ),
            RequestFailedException { Status: 401 or 403 } refused => new StoreException(
                StoreFailure.Refused,
                $"{location} may not be read by this process ({refused.Status} {refused.ErrorCode}): check its key, or give its identity the role Storage Blob Data Reader."
            ),
            _ when BlobAnswers.Transient(failure) is { } answer => new StoreException(
                StoreFailure.Unavailable,
                $"{location} cannot be read, since its account {answer}: check that it can be reached, then try again.",
                failure
            ),
            RequestFailedException other => new StoreException(
                StoreFailure.Refused,
                $"{location} cannot be read ({other.Status} {other.ErrorCode}): check the container's settings."
            ),
            _ => failure,
        };

    [GeneratedRegex(@"\Aazure:([^/]+)/(.+)\z")]
    private static partial Regex ByConnection();
}
