using System.Collections.Immutable;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Devices;
using static PmSFC.Grains.Tests.Devices.Items;

namespace PmSFC.Grains.Tests.Devices;

public sealed class WorkQueueProperties
{
    private static readonly string[] Owners = ["ann", "bob", "cyd"];

    [Property]
    public void Take_AnyItemsAndDevice_NeverPassesOverAHigherPriorityThatFits(
        (byte Priority, byte Bytes, byte Owner, bool Odd)[] items,
        byte device
    )
    {
        var queue = Queue(new FakeTimeProvider());
        for (var i = 0; i < items.Length; i++)
            queue.Enqueue(Item($"{i}", Owners[items[i].Owner % 3], items[i].Priority % 4, items[i].Bytes, items[i].Odd ? "odd" : "even"));

        for (var batch = queue.Take(Ask(bytes: device, items: 4)); !batch.IsEmpty; batch = queue.Take(Ask(bytes: device, items: 4)))
        {
            batch.Length.ShouldBeLessThanOrEqualTo(4);
            batch.Sum(l => l.Item.Request.BytesPerJob).ShouldBeLessThanOrEqualTo(device);
            batch.Select(l => l.Item.BatchKey).Distinct().ShouldHaveSingleItem();
            var waiting = queue.Waiting.Where(w => w.Item.Request.BytesPerJob <= device).Select(w => w.Item.Request.Priority);
            batch.Min(l => l.Item.Request.Priority).ShouldBeGreaterThanOrEqualTo(waiting.DefaultIfEmpty(int.MinValue).Max());
        }

        queue.Waiting.ShouldAllBe(w => w.Item.Request.BytesPerJob > device);
    }

    [Property(MaxTest = 300)]
    public void AnyHistory_EveryItemIsWaitingOrLeasedOnceOrEndedAndTokensGrow((byte What, byte Item)[] history)
    {
        var time = new FakeTimeProvider();
        var queue = Queue(time);
        var held = new Dictionary<string, Lease>();
        var inside = new HashSet<string>();
        long newest = 0;
        foreach (var (what, which) in history)
        {
            var id = $"{which % 8}";
            switch (what % 5)
            {
                case 0:
                    queue.Enqueue(Item(id, Owners[which % 3], which % 2, token: 0));
                    inside.Add(id);
                    break;
                case 1 or 2:
                    foreach (var lease in queue.Take(Ask(items: (which % 3) + 1)))
                    {
                        held.ShouldNotContainKey(lease.Item.Id);
                        lease.Token.ShouldBeGreaterThan(newest);
                        held.Add(lease.Item.Id, lease);
                        newest = lease.Token;
                    }

                    break;
                case 3 when held.Remove(id, out var done):
                    queue.Return(done.Hold());
                    inside.Remove(id);
                    break;
                case 4:
                    time.Advance(TimeSpan.FromSeconds(which));
                    foreach (var expired in queue.Expire())
                    {
                        held.Remove(expired.Item.Id, out var lost).ShouldBeTrue();
                        expired.Token.ShouldBe(lost!.Token);
                        inside.Remove(expired.Item.Id);
                    }

                    break;
            }

            queue.Leased.Select(l => l.Token).Order().ShouldBe(held.Values.Select(l => l.Token).Order());
            queue.HeldBy("w").ShouldBe(held.Count);
            queue.OldestWaiting.HasValue.ShouldBe(queue.Waiting.Count > 0);
            queue.Waiting.Select(w => w.Item.Id).Concat(held.Keys).Order().ShouldBe(inside.Order());
        }
    }

    /// <summary>Owners with any number of devices' worth of work of any length get equal device time while all of them have work.</summary>
    [Property(MaxTest = 12)]
    public void Take_OwnersWhoAlwaysHaveWork_GetEqualDeviceSeconds(byte lengthA, byte lengthB, byte lengthC, byte devices)
    {
        var time = new FakeTimeProvider();
        var queue = new WorkQueue(new DevicePoolOptions { LeaseDuration = TimeSpan.FromDays(1) }, time, new FencingTokens(1));
        double[] seconds = [1 + (lengthA % 30), 1 + (lengthB % 30), 1 + (lengthC % 30)];
        var used = new double[3];
        var running = new List<(Lease Lease, int Owner, DateTimeOffset Ends)>();
        var made = 0;
        for (var owner = 0; owner < 3; owner++)
        {
            for (var i = 0; i < 8; i++)
                queue.Enqueue(Item($"{made++}", Owners[owner]));
        }

        var end = time.GetUtcNow() + TimeSpan.FromHours(1);
        while (time.GetUtcNow() < end)
        {
            while (running.Count < (devices % 4) + 1)
            {
                var lease = queue.Take(Ask()).ShouldHaveSingleItem();
                var owner = Array.IndexOf(Owners, lease.Item.Request.Owner);
                queue.Enqueue(Item($"{made++}", Owners[owner]));
                running.Add((lease, owner, time.GetUtcNow() + TimeSpan.FromSeconds(seconds[owner])));
            }

            time.SetUtcNow(running.Min(r => r.Ends));
            foreach (var ended in running.Where(r => r.Ends <= time.GetUtcNow()).ToArray())
            {
                queue.Return(ended.Lease.Hold());
                used[ended.Owner] += seconds[ended.Owner];
                running.Remove(ended);
            }
        }

        var mean = used.Average();
        used.ShouldAllBe(u => Math.Abs(u - mean) <= 0.05 * mean, $"{string.Join(", ", used)} for lengths {string.Join(", ", seconds)}");
    }

    /// <summary>10 000 jobs of half a minute to one and a half on eight devices, submitted together by two owners, of whom one wants ten times as much.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Take_OneOwnerSubmitsTenTimesAsMuch_BothGetEqualDeviceSecondsWhileBothHaveWork(int batch)
    {
        const int jobs = 10_000,
            devices = 8;
        var (time, random) = (new FakeTimeProvider(), new Random(1));
        var queue = new WorkQueue(new DevicePoolOptions { LeaseDuration = TimeSpan.FromDays(365) }, time, new FencingTokens(1));
        for (var i = 0; i < jobs; i++)
            queue.Enqueue(Item($"{i}", Owners[i % 11 == 0 ? 1 : 0], batch: i % 11 == 0 ? "few" : "many"));
        var left = queue.Waiting.CountBy(waiting => waiting.Item.Request.Owner).ToDictionary();
        var used = Owners.ToDictionary(owner => owner, _ => 0.0);
        var running = new PriorityQueue<(ImmutableArray<Lease> Leases, DateTimeOffset Since), DateTimeOffset>();
        var done = 0;

        while (left[Owners[0]] > 0 && left[Owners[1]] > 0)
        {
            while (running.Count < devices && queue.Take(Ask(items: batch)) is { IsEmpty: false } leases)
            {
                left[leases[0].Item.Request.Owner] -= leases.Length;
                running.Enqueue((leases, time.GetUtcNow()), time.GetUtcNow() + TimeSpan.FromSeconds(30 + random.Next(61)));
            }

            running.TryDequeue(out var ended, out var at);
            time.SetUtcNow(at);
            foreach (var lease in ended.Leases)
                queue.Return(lease.Hold());
            used[ended.Leases[0].Item.Request.Owner] += (at - ended.Since).TotalSeconds;
            done += ended.Leases.Length;
        }

        done.ShouldBeGreaterThan(jobs / 11);
        (used[Owners[0]] / used[Owners[1]]).ShouldBeInRange(
            0.95,
            1.05,
            $"{used[Owners[0]]:0} s and {used[Owners[1]]:0} s after {done} jobs"
        );
    }

    private static WorkQueue Queue(TimeProvider time) => new(new DevicePoolOptions(), time, new FencingTokens(1));
}
