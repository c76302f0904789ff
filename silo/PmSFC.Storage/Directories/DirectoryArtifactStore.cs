using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace PmSFC.Storage;

/// <summary>Artifacts as files below one directory, safe for any number of processes on one machine.</summary>
/// <remarks>
/// A write goes to a file in <c>.tmp</c>, is flushed to the disk, and takes its name in one step. ETags are content hashes. Readers take no
/// lock; compare-and-swap takes one of the files in <c>.locks</c>. The file system must have hard links (all but FAT do).
/// <para>What has an artifact's name and is no file (a folder, a pipe, a link to nothing) is an artifact without bytes: nothing sound is empty, so
/// it counts as damaged and not as missing. A folder that gives way is kept below <c>set-aside</c>.</para>
/// </remarks>
public sealed class DirectoryArtifactStore : RetryingArtifactStore
{
    // EEXIST, which .NET gives as HResult on Unix.
    private const int FileExists = 17;

    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    // Nothing is in the way of a disk but a mount or somebody's clean-up: it is asked more often than a service.
    private static readonly StoreRetryOptions Retries = new()
    {
        Patience = StorePatience.None,
        FirstWait = TimeSpan.FromMilliseconds(200),
        LongestWait = TimeSpan.FromSeconds(5),
    };

    private readonly string _root;
    private readonly string _temporary;
    private readonly string _lockFiles;
    private readonly NameLocks _locks;

    /// <summary>
    /// Opens the directory. Where it is to be written, it is created where missing, and what crashed writers left over an hour ago is removed; where it
    /// is only to be read, it is left as it is.
    /// </summary>
    /// <exception cref="StoreException">It is a file; or it is to be written, and cannot be made or written.</exception>
    public DirectoryArtifactStore(
        string root,
        TimeProvider? time = null,
        StoreAccess access = StoreAccess.ReadWrite,
        ILogger<DirectoryArtifactStore>? logger = null
    )
        : base(Retries, time, logger)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        _root = Path.GetFullPath(root);
        _temporary = Path.Combine(_root, ".tmp");
        _lockFiles = Path.Combine(_root, ".locks");
        _locks = new NameLocks(_lockFiles);
        if (File.Exists(_root))
            throw new StoreException(StoreFailure.Refused, $"the store {_root} is a file, not a directory: name a directory with --store.");
        if (access == StoreAccess.Read)
            return;
        try
        {
            MakeFolders();
            ProveWritable();
            Sweep((time ?? TimeProvider.System).GetUtcNow() - AbandonedAfter);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(e);
        }
    }

    /// <inheritdoc/>
    public override string Description => $"directory {_root}";

    /// <inheritdoc/>
    protected override async ValueTask<Artifact?> ReadAsync(string name, StoreRetry retry, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        return await ReadingAsync(() => Read(path), retry, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> ExistsAsync(string name, StoreRetry retry, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        return await ReadingAsync(() => Exists(path), retry, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<WriteOutcome> WriteOnceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(name);
        return await WritingAsync(
            () => TryCreate(path, content.Span) ? WriteOutcome.Created : WriteOutcome.AlreadyExists,
            retry,
            cancellationToken
        );
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
        var path = PathOf(name);
        return await LockedAsync(
            name,
            () =>
            {
                if (ifMatchEtag is null)
                    return TryCreate(path, content.Span) ? ETagOf(content.Span) : null;
                if (Read(path)?.ETag != ifMatchEtag)
                    return null;
                WithTemporary(content.Span, temporary =>
                {
                    MoveFolderAside(name);
                    File.Move(temporary, path, overwrite: true);
                    return true;
                });
                return ETagOf(content.Span);
            },
            retry,
            cancellationToken
        );
    }

    /// <inheritdoc/>
    protected override async ValueTask DeleteAsync(string name, StoreRetry retry, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        await LockedAsync(name, () => Delete(name), retry, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> DeleteAsync(
        string name,
        string ifMatchEtag,
        StoreRetry retry,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(name);
        return await LockedAsync(name, () => Read(path)?.ETag == ifMatchEtag && Delete(name), retry, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<string> ListAsync(
        string prefix,
        StoreRetry retry,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ArtifactName.CheckPrefix(prefix);
        var pending = new Stack<string>([prefix[..(prefix.LastIndexOf('/') + 1)]]);
        while (pending.TryPop(out var entry))
        {
            if (entry.Length > 0 && entry[^1] != '/')
            {
                yield return entry;
                continue;
            }

            foreach (var child in await ReadingAsync(() => ChildrenDescending(entry, prefix), retry, cancellationToken))
                pending.Push(child);
        }
    }

    // Folders end with '/', which is also where they sort among their siblings when whole names are compared.
    private List<string> ChildrenDescending(string folder, string prefix)
    {
        var children = new List<string>();
        try
        {
            foreach (var child in new DirectoryInfo(Path.Combine(_root, folder)).EnumerateFileSystemInfos())
            {
                var name = folder + child.Name;
                var entry = child is DirectoryInfo && !ArtifactNames.IsOfFile(name) ? name + '/' : name;
                if (ArtifactName.IsValid(name) && entry.StartsWith(prefix, StringComparison.Ordinal))
                    children.Add(entry);
            }
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        children.Sort((a, b) => string.CompareOrdinal(b, a));
        return children;
    }

    private static Artifact? Read(string path)
    {
        var nothing = new Artifact(ReadOnlyMemory<byte>.Empty, ETagOf([]));
        if (Directory.Exists(path))
            return nothing;
        if (!File.Exists(path))
            return null;
        try
        {
            // A pipe or a device has no length, and to open a pipe is to wait for its writer.
            if (new FileInfo(path).Length == 0)
                return nothing;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var content = new byte[file.Length];
            file.ReadExactly(content);
            return new Artifact(content, ETagOf(content));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new FileInfo(path).LinkTarget is null ? null : nothing;
        }
    }

    // Of a link to nothing it is true that it is a file.
    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private bool TryCreate(string path, ReadOnlySpan<byte> content) => !Exists(path) && WithTemporary(content, temporary =>
        {
            var folder = Path.GetDirectoryName(path)!;
            while (true)
            {
                try
                {
                    Directory.CreateDirectory(folder);
                    return ExclusiveLink.TryCreate(temporary, path);
                }
                catch (IOException e) when (File.Exists(temporary) && HasGone(folder, e))
                {
                    // A deletion has just removed the folder as empty.
                }
            }
        });

    // .NET says that a file is in the way of a folder that was there when it was to be made and is gone when .NET looks at what it is, and that a file is
    // missing where the folder above has gone.
    private static bool HasGone(string folder, IOException failure) =>
        failure is DirectoryNotFoundException or FileNotFoundException || (failure.HResult == FileExists && !File.Exists(folder));

    private bool WithTemporary(ReadOnlySpan<byte> content, Func<string, bool> publish)
    {
        var temporary = Path.Combine(_temporary, Guid.NewGuid().ToString("n"));
        MakeFolders();
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            return publish(temporary);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Takes a folder, which may hold what its user needs, out of an artifact's place.</summary>
    private void MoveFolderAside(string name)
    {
        var path = PathOf(name);
        if (!Directory.Exists(path))
            return;
        var aside = PathOf(ArtifactNames.SetAside(name, Guid.NewGuid().ToString("n")));
        Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
        Directory.Move(path, aside);
    }

    private bool Delete(string name)
    {
        var path = PathOf(name);
        if (!Exists(path))
            return false;
        MoveFolderAside(name);
        File.Delete(path);
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > _root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            try
            {
                Directory.Delete(folder, recursive: false);
            }
            catch (IOException)
            {
                break;
            }
        }

        return true;
    }

    private void MakeFolders()
    {
        Directory.CreateDirectory(_temporary);
        Directory.CreateDirectory(_lockFiles);
    }

    private void ProveWritable() => WithTemporary([], _ => true);

    private void Sweep(DateTimeOffset abandonedBefore)
    {
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < abandonedBefore.UtcDateTime)
                file.Delete();
        }
    }

    private string PathOf(string name)
    {
        ArtifactName.Check(name);
        return Path.Combine(_root, name);
    }

    private ValueTask<T> LockedAsync<T>(string name, Func<T> action, StoreRetry retry, CancellationToken cancellationToken) =>
        retry.RunAsync(
            async attempt =>
            {
                try
                {
                    MakeFolders();
                    using var held = await _locks.AcquireAsync(name, attempt.CancellationToken);
                    return await WriteAsync(action, attempt.CancellationToken);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw Explain(e);
                }
            },
            cancellationToken
        );

    private ValueTask<T> WritingAsync<T>(Func<T> action, StoreRetry retry, CancellationToken cancellationToken) =>
        retry.RunAsync(attempt => WriteAsync(action, attempt.CancellationToken), cancellationToken);

    // A flush to a slow disk must not hold up the caller's scheduler, which may be a grain's.
    private async ValueTask<T> WriteAsync<T>(Func<T> action, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(action, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(e);
        }
    }

    private ValueTask<T> ReadingAsync<T>(Func<T> action, StoreRetry retry, CancellationToken cancellationToken) =>
        retry.RunAsync(
            async attempt =>
            {
                try
                {
                    return await Task.Run(action, attempt.CancellationToken);
                }
                catch (UnauthorizedAccessException e)
                {
                    StoreFailureCount.Add(StoreFailure.Refused);
                    throw new StoreException(
                        StoreFailure.Refused,
                        $"the store directory {_root} cannot be read by this user ({e.Message.TrimEnd('.')}): change its permissions or choose another with --store.",
                        e
                    );
                }
                catch (IOException e)
                {
                    throw Explain(e);
                }
            },
            cancellationToken
        );

    private StoreException Explain(Exception failure)
    {
        // Told by an inner call, and counted there.
        if (failure is StoreException known)
            return known;
        var explained = Told(failure);
        StoreFailureCount.Add(explained.Kind);
        return explained;
    }

    private StoreException Told(Exception failure) =>
        failure switch
        {
            IOException e when DiskErrors.IsFull(e) => new(
                StoreFailure.Full,
                $"the store directory {_root} has no space left: free some or choose another with --store.",
                e
            ),
            UnauthorizedAccessException => new(
                StoreFailure.Refused,
                $"the store directory {_root} cannot be written by this user: change its permissions or choose another with --store.",
                failure
            ),
            IOException e when DiskErrors.IsReadOnly(e) => new(
                StoreFailure.Refused,
                $"the store directory {_root} cannot be written, since its file system is mounted read-only: mount it for writing or choose another with --store.",
                e
            ),
            IOException e when DiskErrors.HasNoLinks(e) => new(
                StoreFailure.Refused,
                $"the store directory {_root} lies on a file system without hard links: choose one on a local disk with --store.",
                e
            ),
            _ => new(
                StoreFailure.Unavailable,
                $"the store directory {_root} cannot be used ({failure.Message.TrimEnd('.')}): check that it is a directory on a sound disk or choose "
                    + "another with --store.",
                failure
            ),
        };

    private static string ETagOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
}
