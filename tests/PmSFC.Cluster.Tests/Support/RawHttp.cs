using System.Net.Sockets;
using System.Text;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>HTTP as bytes, for requests that no client would make.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends bytes and reads to the end of the connection.</summary>
    /// <param name="port">Of this machine.</param>
    /// <param name="request">A byte for each character.</param>
    /// <returns>All that was answered; empty where the connection was closed without a word.</returns>
    /// <exception cref="TimeoutException">The server keeps the connection for long.</exception>
    public static async Task<string> AskAsync(int port, string request)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient("127.0.0.1", port);
        var answer = new StringBuilder();
        try
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        }
        catch (IOException)
        {
            // It has answered and closed already.
        }

        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await client.GetStream().ReadAsync(buffer, patience.Token)) > 0; )
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The connection is open after {Patience.TotalSeconds} s; until then it answered: {answer}", e);
        }
        catch (IOException)
        {
            // A server that refuses a body closes without having read it, which resets the connection after the answer.
        }

        return answer.ToString();
    }

    /// <summary>The statuses of all answers in a text.</summary>
    public static int[] Statuses(string answers) => [.. answers.Split("HTTP/1.1 ")[1..].Select(answer => int.Parse(answer[..3], null))];
}
