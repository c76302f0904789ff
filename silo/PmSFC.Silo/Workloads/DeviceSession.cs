using System.Threading.Channels;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads;

/// <summary>Runs synchronous work on a device's thread while its events are handled, in order, on the asynchronous side.</summary>
internal static class DeviceSession
{
    /// <summary>Returns when the work is done and its last event handled.</summary>
    /// <param name="batch">The work; where handling an event fails, all of it is stopped.</param>
    /// <param name="body">Runs on the device's thread; is given where to post events, which never blocks.</param>
    /// <param name="handle">Handles one event.</param>
    public static async Task RunAsync(WorkBatch batch, Action<Action<SessionEvent>> body, Func<SessionEvent, Task> handle)
    {
        var events = Channel.CreateUnbounded<SessionEvent>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var running = batch.Device.Thread.RunAsync(() =>
        {
            try
            {
                body(e => events.Writer.TryWrite(e));
            }
            finally
            {
                events.Writer.Complete();
            }
        });
        try
        {
            await foreach (var e in events.Reader.ReadAllAsync())
                await handle(e);
        }
        catch
        {
            foreach (var work in batch.Works)
                work.RequestStop(StopReason.Draining);
            await Task.WhenAny(running);
            throw;
        }

        await running;
    }
}
