namespace PmSFC.Grains.Tests.Sweeps.Simulation;

/// <summary>
/// Calls over a network that takes any time, loses requests and replies, and keeps the order of the requests of one lane. Everything happens on the thread that
/// makes it happen, so that a seed gives the same history again.
/// </summary>
internal sealed class SimulatedCalls(Random random)
{
    private readonly List<Call> _open = [];

    /// <summary>Whether calls are lost.</summary>
    public bool IsFaulty { get; set; } = true;

    /// <summary>Calls that are not answered yet.</summary>
    public int Open => _open.Count;

    /// <summary>Calls somebody.</summary>
    /// <param name="lane">Whose requests are carried out in their order.</param>
    /// <param name="caller">Who asks: where that is over, nobody hears the reply.</param>
    /// <param name="carryOut">What the callee does.</param>
    /// <param name="fault">What the caller gets where it gets no reply.</param>
    public async Task<T> Ask<T>(string lane, Life caller, Func<T> carryOut, Func<Exception> fault)
    {
        var call = new Call(lane, caller, () => carryOut(), fault);
        _open.Add(call);
        return (T)(await call.Reply.Task)!;
    }

    /// <summary>Lets something happen to one of the calls.</summary>
    public void Step()
    {
        var call = _open[random.Next(_open.Count)];
        // The next of its lane, if its own turn has not come.
        if (!call.IsCarriedOut)
            call = _open.First(other => other.Lane == call.Lane && !other.IsCarriedOut);
        var fate = IsFaulty ? random.Next(20) : 19;
        if (call.IsCarriedOut)
        {
            _open.Remove(call);
            Answer(call, fate == 0);
        }
        else if (fate == 0)
        {
            // The request is lost.
            _open.Remove(call);
            Answer(call, isLost: true);
        }
        else
        {
            call.CarryOut();
            if (call.IsAnswered)
                _open.Remove(call);
            // The caller waits no longer, and the request is carried out later.
            else if (
                fate == 1
                && _open.FirstOrDefault(other => other.Lane == call.Lane && !other.IsCarriedOut) is { IsAnswered: false } late
            )
                Answer(late, isLost: true);
        }
    }

    /// <summary>A caller's silo dies: what it has sent arrives or does not, and nobody hears the replies.</summary>
    public void End(Life life)
    {
        life.IsOver = true;
        foreach (var call in _open.Where(call => call.Caller == life && !call.IsCarriedOut).ToArray())
        {
            if (random.Next(2) == 0)
                call.CarryOut();
        }

        _open.RemoveAll(call => call.Caller == life);
    }

    private static void Answer(Call call, bool isLost)
    {
        if (call.IsAnswered)
            return;
        call.IsAnswered = true;
        call.Tell(isLost);
    }

    private sealed class Call(string lane, Life caller, Func<object?> carryOut, Func<Exception> fault)
    {
        private object? _result;
        private Exception? _failure;

        public string Lane => lane;

        public Life Caller => caller;

        public TaskCompletionSource<object?> Reply { get; } = new();

        public bool IsCarriedOut { get; private set; }

        public bool IsAnswered { get; set; }

        public void CarryOut()
        {
            IsCarriedOut = true;
            try
            {
                _result = carryOut();
            }
            catch (Exception e)
            {
                _failure = e;
            }
        }

        public void Tell(bool isLost)
        {
            if (isLost)
                Reply.SetException(fault());
            else if (_failure is not null)
                Reply.SetException(_failure);
            else
                Reply.SetResult(_result);
        }
    }
}

/// <summary>From the activation of a grain to the death of its silo.</summary>
internal sealed class Life
{
    public bool IsOver { get; set; }
}
