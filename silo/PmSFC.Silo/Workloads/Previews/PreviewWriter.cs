using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Json;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads.Previews;

/// <summary>
/// Encodes and stores the previews of a batch, one after another, off the device's thread. One that waits gives place to a newer one of its job, so a slow store
/// costs previews and nothing else. Nothing depends on them, so what fails here only leaves a warning, one for each job.
/// </summary>
internal sealed partial class PreviewWriter(IArtifactStore store, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LeasedWork, PreviewDraft> _waiting = [];
    private readonly HashSet<LeasedWork> _ended = [];
    private readonly HashSet<LeasedWork> _warned = [];
    private Task _writing = Task.CompletedTask;
    private CancellationTokenSource? _stop;
    private LeasedWork? _written;
    private bool _closed;

    /// <summary>Has a preview written soon. Never waits, and any thread may call it.</summary>
    public void Offer(PreviewDraft draft)
    {
        lock (_gate)
        {
            if (_closed || _ended.Contains(draft.Work))
                return;
            _waiting[draft.Work] = draft;
            if (_written is null)
                Next();
        }
    }

    /// <summary>A preview could not be drawn.</summary>
    public void Skip(LeasedWork work, Exception failure) => Warn(work, failure.Message);

    /// <summary>The job is done: deletes its preview, and has none written any more.</summary>
    public async Task RemoveAsync(LeasedWork work)
    {
        var writing = Task.CompletedTask;
        lock (_gate)
        {
            _ended.Add(work);
            _waiting.Remove(work);
            if (_written == work)
            {
                writing = _writing;
                _stop!.Cancel();
            }
        }

        await writing;
        try
        {
            await store.DeleteAsync(ArtifactNames.PreviewPicture(work.Item.Id));
            await store.DeleteAsync(ArtifactNames.Preview(work.Item.Id));
        }
        catch (StoreException failure)
        {
            LogNotDeleted(work.Trace.Logger(logger), work.Item.Id, failure.Message);
        }
    }

    /// <summary>Drops what waits, and returns when nothing is written any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_gate)
        {
            _closed = true;
            _waiting.Clear();
            writing = _writing;
            _stop?.Cancel();
        }

        await writing;
    }

    /// <summary>Begins to write the next one, if any; within the gate.</summary>
    private void Next()
    {
        (_written, _stop) = (null, null);
        if (_waiting.Count == 0)
            return;
        var (work, draft) = _waiting.First();
        _waiting.Remove(work);
        var stop = _stop = new CancellationTokenSource();
        _written = work;
        _writing = Task.Run(() => WriteAsync(draft, stop), CancellationToken.None);
    }

    private async Task WriteAsync(PreviewDraft draft, CancellationTokenSource stop)
    {
        try
        {
            if (draft.Work.IsLost)
                return;
            var id = draft.Work.Item.Id;
            await store.PutAsync(ArtifactNames.PreviewPicture(id), ImageFile.EncodePng(draft.Picture), stop.Token);
            await store.PutAsync(ArtifactNames.Preview(id), ArtifactJson.Write(draft.Record), stop.Token);
        }
        catch (Exception failure)
        {
            if (!stop.IsCancellationRequested)
                Warn(draft.Work, failure.Message);
        }
        finally
        {
            lock (_gate)
                Next();
            stop.Dispose();
        }
    }

    private void Warn(LeasedWork work, string reason)
    {
        lock (_gate)
        {
            if (!_warned.Add(work))
                return;
        }

        LogNoPreview(work.Trace.Logger(logger), work.Item.Id, reason);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Job} has no new preview, which nothing depends on; further ones that fail are not reported: {Reason}"
    )]
    private static partial void LogNoPreview(ILogger logger, string job, string reason);

    [LoggerMessage(LogLevel.Warning, "The preview of {Job} cannot be deleted: {Reason}")]
    private static partial void LogNotDeleted(ILogger logger, string job, string reason);
}
