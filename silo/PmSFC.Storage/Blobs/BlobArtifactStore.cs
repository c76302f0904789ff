using System.Runtime.CompilerServices;
using Azure;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PmSFC.Storage;

/// <summary>Artifacts as block blobs of one Azure Blob Storage container, which the first write creates where missing.</summary>
/// <remarks>
/// <para>A request that times out, breaks off, or is answered 408, 429, 500, 502, 503 or 504 is tried again after a wait, until the patience
/// of <see cref="BlobStoreOptions"/> ends in a <see cref="StoreException"/> of kind <see cref="StoreFailure.Unavailable"/>; one that is
/// refused fails at once. Give the client no retries of its own.</para>
/// <para>An attempt may land although its answer is lost. Each write therefore carries an id in the blob's metadata, so that the next attempt
/// knows its own work from a rival's, even a rival's with the same content.</para>
/// </remarks>
public sealed partial class BlobArtifactStore : IArtifactStore
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
    private readonly BlobStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BlobArtifactStore> _logger;

    /// <summary>A store in the container; no request is sent yet.</summary>
    public BlobArtifactStore(
        BlobContainerClient container,
        BlobStoreOptions? options = null,
        TimeProvider? time = null,
        ILogger<BlobArtifactStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(container);
        _container = container;
        _options = options ?? new BlobStoreOptions();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<BlobArtifactStore>.Instance;
        Description = $"Azure Blob container {container.Uri.GetLeftPart(UriPartial.Path)}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public async ValueTask<Artifact?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        var blob = BlobOf(name);
        return await PatientlyAsync(
            async _ =>
            {
                try
                {
                    var result = (await blob.DownloadContentAsync(cancellationToken)).Value;
                    return new Artifact(result.Content.ToMemory(), result.Details.ETag.ToString());
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissing(e))
                {
                    return null;
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        var blob = BlobOf(name);
        return await PatientlyAsync(async _ => (await blob.ExistsAsync(cancellationToken)).Value, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<WriteOutcome> WriteOnceAsync(
        string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var free = new BlobRequestConditions { IfNoneMatch = ETag.All };
        return await UploadAsync(BlobOf(name), content, free, cancellationToken) is null ? WriteOutcome.AlreadyExists : WriteOutcome.Created;
    }

    /// <inheritdoc/>
    public async ValueTask<string?> ReplaceAsync(
        string name, ReadOnlyMemory<byte> content, string? ifMatchEtag, CancellationToken cancellationToken = default)
    {
        var unchanged = ifMatchEtag is null
            ? new BlobRequestConditions { IfNoneMatch = ETag.All }
            : new BlobRequestConditions { IfMatch = new ETag(ifMatchEtag) };
        return await UploadAsync(BlobOf(name), content, unchanged, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken cancellationToken = default)
    {
        var blob = BlobOf(name);
        await PatientlyAsync(async _ => (await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken)).Value, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string name, string ifMatchEtag, CancellationToken cancellationToken = default)
    {
        var blob = BlobOf(name);
        var unchanged = new BlobRequestConditions { IfMatch = new ETag(ifMatchEtag) };
        return await PatientlyAsync(
            async attempt =>
            {
                try
                {
                    await blob.DeleteAsync(conditions: unchanged, cancellationToken: cancellationToken);
                    return true;
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissing(e) || BlobAnswers.IsConflict(e))
                {
                    // Gone after a lost answer: the attempt before this one has most likely landed.
                    return attempt > 1 && !(await blob.ExistsAsync(cancellationToken)).Value;
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArtifactName.CheckPrefix(prefix);
        string? continuation = null;
        do
        {
            var page = await PatientlyAsync(_ => NextPageAsync(prefix, continuation, cancellationToken), cancellationToken);
            foreach (var blob in page?.Values ?? [])
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ArtifactName.IsValid(blob.Name))
                    yield return blob.Name;
            }

            continuation = page?.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(continuation));
    }

    private async Task<Page<BlobItem>?> NextPageAsync(string prefix, string? continuation, CancellationToken cancellationToken)
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
        BlobClient blob, ReadOnlyMemory<byte> content, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var writeId = Guid.NewGuid().ToString("n");
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            TransferOptions = Transfer,
            Metadata = new Dictionary<string, string> { [WriteIdKey] = writeId },
        };
        var etag = await PatientlyAsync(
            async _ =>
            {
                try
                {
                    return await SendAsync();
                }
                catch (RequestFailedException e) when (BlobAnswers.IsMissingContainer(e))
                {
                    await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                    return await SendAsync();
                }
            },
            cancellationToken);
        return etag ?? await EtagOfWriteAsync(blob, writeId, cancellationToken);

        async Task<string?> SendAsync()
        {
            try
            {
                var answer = await blob.UploadAsync(BinaryData.FromBytes(content), options, cancellationToken);
                return answer.Value.ETag.ToString();
            }
            catch (RequestFailedException e) when (BlobAnswers.IsConflict(e))
            {
                return null;
            }
        }
    }

    /// <summary>The blob's ETag if the write with that id made it what it is now, else null.</summary>
    private Task<string?> EtagOfWriteAsync(BlobClient blob, string writeId, CancellationToken cancellationToken) => PatientlyAsync(
        async _ =>
        {
            try
            {
                var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
                return properties.Metadata.TryGetValue(WriteIdKey, out var id) && id == writeId ? properties.ETag.ToString() : null;
            }
            catch (RequestFailedException e) when (BlobAnswers.IsMissing(e))
            {
                return null;
            }
        },
        cancellationToken);

    private async Task<T> PatientlyAsync<T>(Func<int, Task<T>> tryOnce, CancellationToken cancellationToken)
    {
        long? failingSince = null;
        var wait = _options.FirstWait;
        for (var attempt = 1; ; attempt++)
        {
            string answer;
            Exception failure;
            try
            {
                var result = await tryOnce(attempt);
                if (failingSince is { } since)
                    AnswersAgain(Description, _time.GetElapsedTime(since).TotalSeconds);
                return result;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failure = BlobAnswers.Unwrap(e);
                answer = BlobAnswers.Transient(failure) ?? throw Refused(failure);
            }

            StoreFailureCount.Add(StoreFailure.Unavailable);
            failingSince ??= _time.GetTimestamp();
            var spread = wait * (0.8 + (0.4 * _options.Jitter()));
            if (_time.GetElapsedTime(failingSince.Value) + spread > _options.Patience)
                throw new StoreException(
                    StoreFailure.Unavailable,
                    $"the store ({Description}) has failed for {_options.Patience.TotalSeconds:0} s (it {answer}): check that it runs and can " +
                    "be reached, then try again; what is stored is kept.",
                    failure);
            Waiting(Description, answer, spread.TotalSeconds, attempt + 1);
            await Task.Delay(spread, _time, cancellationToken);
            wait = wait * 2 < _options.LongestWait ? wait * 2 : _options.LongestWait;
        }
    }

    private Exception Refused(Exception failure)
    {
        var explained = Explain(failure);
        if (explained is StoreException refusal) StoreFailureCount.Add(refusal.Kind);
        return explained;
    }

    // A refusal's own text may quote a signature from the request, so nothing of it but the code is passed on.
    private Exception Explain(Exception failure) => failure switch
    {
        AuthenticationFailedException => new StoreException(
            StoreFailure.Refused,
            $"no credential for the store ({Description}) could be had: sign in, or give this process an identity with the role " +
            "Storage Blob Data Contributor."),
        RequestFailedException { Status: 401 or 403 } e => new StoreException(
            StoreFailure.Refused,
            $"the store ({Description}) refused this process ({e.Status} {e.ErrorCode}): check its key, or give its identity the role " +
            "Storage Blob Data Contributor."),
        RequestFailedException e => new StoreException(
            StoreFailure.Refused, $"the store ({Description}) cannot do what was asked ({e.Status} {e.ErrorCode}): check the container's settings."),
        _ => failure,
    };

    private BlobClient BlobOf(string name)
    {
        ArtifactName.Check(name);
        return _container.GetBlobClient(name);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Store} {Answer}, waiting {Seconds:0.#} s (attempt {Attempt} comes next)")]
    private partial void Waiting(string store, string answer, double seconds, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Store} answers again after {Seconds:0.#} s")]
    private partial void AnswersAgain(string store, double seconds);
}
