using System.Runtime.CompilerServices;
using Azure;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;

namespace PmSFC.Storage;

/// <summary>Artifacts as block blobs of one Azure Blob Storage container, which the first write creates where missing.</summary>
/// <remarks>
/// <para>A request that times out, breaks off, or is answered 408, 429, 500, 502, 503 or 504 has found the store away. Give the client no retries
/// of its own: this store repeats its requests.</para>
/// <para>An attempt may land although its answer is lost. Each write therefore carries an id in the blob's metadata, so that the next attempt
/// knows its own work from a rival's, even a rival's with the same content.</para>
/// </remarks>
public sealed class BlobArtifactStore : RetryingArtifactStore
{
    private const string WriteIdKey = "pmsfcwrite";

    // Parts stay small so that a slow link finishes each within the request's timeout.
    private static readonly StorageTransferOptions Transfer = new()
    {
        InitialTransferSize = 8 << 20,
        MaximumTransferSize = 8 << 20,
        MaximumConcurrency = 4,
    };

    private readonly BlobContainerClient _container;

    /// <summary>A store in the container; no request is sent yet.</summary>
    public BlobArtifactStore(
        BlobContainerClient container,
        StoreRetryOptions? options = null,
        TimeProvider? time = null,
        ILogger<BlobArtifactStore>? logger = null
    )
        : base(options ?? new StoreRetryOptions(), time, logger)
    {
        ArgumentNullException.ThrowIfNull(container);
        _container = container;
        Description = $"Azure Blob container {container.Uri.GetLeftPart(UriPartial.Path)}";
    }

    /// <inheritdoc/>
    public override string Description { get; }

    /// <inheritdoc/>
    protected override async ValueTask<Artifact?> ReadAsync(string name, StoreRetry retry, CancellationToken cancellationToken)
    {
        var blob = BlobOf(name);
        return await RunAsync(
            retry,
            async attempt =>
            {
                try
                {
                    var result = (await blob.DownloadContentAsync(attempt.CancellationToken)).Value;
                    return new Artifact(result.Content.ToMemory(), result.Details.ETag.ToString());
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissing(e))
                {
                    return null;
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> ExistsAsync(string name, StoreRetry retry, CancellationToken cancellationToken)
    {
        var blob = BlobOf(name);
        return await RunAsync(retry, async attempt => (await blob.ExistsAsync(attempt.CancellationToken)).Value, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        var free = new BlobRequestConditions { IfNoneMatch = ETag.All };
        return await UploadAsync(BlobOf(name), content, free, retry, cancellationToken) is null
            ? WriteOutcome.AlreadyExists
            : WriteOutcome.Created;
    }

    /// <inheritdoc/>
    protected override async ValueTask<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        var unchanged = ifMatchEtag is null
            ? new BlobRequestConditions { IfNoneMatch = ETag.All }
            : new BlobRequestConditions { IfMatch = new ETag(ifMatchEtag) };
        return await UploadAsync(BlobOf(name), content, unchanged, retry, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask DeleteAsync(string name, StoreRetry retry, CancellationToken cancellationToken)
    {
        var blob = BlobOf(name);
        await RunAsync(
            retry,
            async attempt => (await blob.DeleteIfExistsAsync(cancellationToken: attempt.CancellationToken)).Value,
            cancellationToken
        );
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> DeleteAsync(
        string name,
        string ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        var blob = BlobOf(name);
        var unchanged = new BlobRequestConditions { IfMatch = new ETag(ifMatchEtag) };
        return await RunAsync(
            retry,
            async attempt =>
            {
                try
                {
                    await blob.DeleteAsync(conditions: unchanged, cancellationToken: attempt.CancellationToken);
                    return true;
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissing(e) || BlobAnswers.IsConflict(e))
                {
                    // Gone after a lost answer: the attempt before this one has most likely landed.
                    return attempt.Number > 1 && !(await blob.ExistsAsync(attempt.CancellationToken)).Value;
                }
            },
            cancellationToken
        );
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<string> ListAsync(
        string prefix,
        StoreRetry retry,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArtifactName.CheckPrefix(prefix);
        string? continuation = null;
        do
        {
            var page = await RunAsync(retry, attempt => NextPageAsync(prefix, continuation, attempt.CancellationToken), cancellationToken);
            foreach (var blob in page?.Values ?? [])
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ArtifactName.IsValid(blob.Name))
                    yield return blob.Name;
            }

            continuation = page?.ContinuationToken;
        } while (!string.IsNullOrEmpty(continuation));
    }

    private async ValueTask<Page<BlobItem>?> NextPageAsync(string prefix, string? continuation, CancellationToken cancellationToken)
    {
        try
        {
            var blobs = _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken);
            await foreach (var page in blobs.AsPages(continuation).WithCancellation(cancellationToken))
                return page;
            return null;
        }
        catch (RequestFailedException e) when (BlobAnswers.IsMissingContainer(e))
        {
            return null;
        }
    }

    private async Task<string?> UploadAsync(
        BlobClient blob,
        ReadOnlyMemory<byte> content,
        BlobRequestConditions conditions,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        var writeId = Guid.NewGuid().ToString("n");
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            TransferOptions = Transfer,
            Metadata = new Dictionary<string, string> { [WriteIdKey] = writeId },
        };
        var etag = await RunAsync(
            retry,
            async attempt =>
            {
                try
                {
                    return await SendAsync(attempt.CancellationToken);
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissingContainer(e))
                {
                    await _container.CreateIfNotExistsAsync(cancellationToken: attempt.CancellationToken);
                    return await SendAsync(attempt.CancellationToken);
                }
            },
            cancellationToken
        );
        return etag ?? await EtagOfWriteAsync(blob, writeId, retry, cancellationToken);

        async Task<string?> SendAsync(CancellationToken end)
        {
            try
            {
                var answer = await blob.UploadAsync(BinaryData.FromBytes(content), options, end);
                return answer.Value.ETag.ToString();
            }
            catch (RequestFailedException e) when (BlobAnswers.IsConflict(e))
            {
                return null;
            }
        }
    }

    /// <summary>The blob's ETag if the write with that id made it what it is now, else null.</summary>
    private ValueTask<string?> EtagOfWriteAsync(BlobClient blob, string writeId, StoreRetry retry, CancellationToken cancellationToken) =>
        RunAsync(
            retry,
            async attempt =>
            {
                try
                {
                    var properties = (await blob.GetPropertiesAsync(cancellationToken: attempt.CancellationToken)).Value;
                    return properties.Metadata.TryGetValue(WriteIdKey, out var id) && id == writeId ? properties.ETag.ToString() : null;
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissing(e))
                {
                    return null;
                }
            },
            cancellationToken
        );

    private ValueTask<T> RunAsync<T>(StoreRetry retry, Func<StoreAttempt, ValueTask<T>> tryOnce, CancellationToken cancellationToken) =>
        retry.RunAsync(
            async attempt =>
            {
                try
                {
                    return await tryOnce(attempt);
                }
                catch (Exception e) when (!attempt.CancellationToken.IsCancellationRequested)
                {
                    var failure = BlobAnswers.Unwrap(e);
                    if (BlobAnswers.Transient(failure) is not { } answer)
                        throw Refused(failure);
                    StoreFailureCount.Add(StoreFailure.Unavailable);
                    throw new StoreAwayException(answer, failure);
                }
            },
            cancellationToken
        );

    private Exception Refused(Exception failure)
    {
        var explained = Explain(failure);
        if (explained is StoreException refusal)
            StoreFailureCount.Add(refusal.Kind);
        return explained;
    }

    // A refusal's own text may quote a signature from the request, so nothing of it but the code is passed on.
    private Exception Explain(Exception failure) =>
        failure switch
        {
            AuthenticationFailedException => new StoreException(
                StoreFailure.Refused,
                $"no credential for the store ({Description}) could be had: sign in, or give this process an identity with the role "
                    + "Storage Blob Data Contributor."
            ),
            RequestFailedException { Status: 401 or 403 } e => new StoreException(
                StoreFailure.Refused,
                $"the store ({Description}) refused this process ({e.Status} {e.ErrorCode}): check its key, or give its identity the role "
                    + "Storage Blob Data Contributor."
            ),
            RequestFailedException e => new StoreException(
                StoreFailure.Refused,
                $"the store ({Description}) cannot do what was asked ({e.Status} {e.ErrorCode}): check the container's settings."
            ),
            _ => failure,
        };

    private BlobClient BlobOf(string name)
    {
        ArtifactName.Check(name);
        return _container.GetBlobClient(name);
    }
}
