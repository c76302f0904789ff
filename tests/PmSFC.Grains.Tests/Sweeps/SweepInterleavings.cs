using System.Diagnostics;
using PmSFC.Grains.Tests.Sweeps.Simulation;
using Xunit.Abstractions;

namespace PmSFC.Grains.Tests.Sweeps;

/// <summary>Random histories of a sweep without a silo; each follows from its seed.</summary>
public sealed class SweepInterleavings(ITestOutputHelper output)
{
    private const int Histories = 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyHistory_OfCommandsReportsAndLosses_KeepsTheRulesAndComesToItsEnd(int block)
    {
        using var thread = new OneThread();
        var (clock, events) = (Stopwatch.StartNew(), 0);
        for (var seed = block * Histories; seed < (block + 1) * Histories; seed++)
        {
            var sweep = new SimulatedSweep(seed, thread);
            try
            {
                sweep.Run(steps: 400);
                sweep.Settle();
            }
            catch (Exception e)
            {
                throw new ShouldAssertException($"Seed {seed}: {e.Message}{Environment.NewLine}{sweep.History}", e);
            }

            events += sweep.Events;
        }

        output.WriteLine($"{Histories} histories with {events} events in {clock.Elapsed.TotalSeconds:0.0} s");
        events.ShouldBeGreaterThan(Histories);
    }
}
