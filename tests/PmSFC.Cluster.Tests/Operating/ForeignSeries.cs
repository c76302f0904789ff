using System.Net;
using System.Text;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>A page with the series that kube-state-metrics and the kubelet would have of a cluster, since there is none.</summary>
internal sealed class ForeignSeries : IDisposable
{
    private readonly HttpListener _listener = new();

    public ForeignSeries()
    {
        Port = Ports.Free(1)[0];
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = AnswerAsync();
    }

    public int Port { get; }

    /// <summary>Whether the last nightly job failed.</summary>
    public bool HasNightlyFailed { get; set; }

    /// <summary>How long ago the last one succeeded.</summary>
    public TimeSpan SinceNightlySucceeded { get; set; } = TimeSpan.FromHours(2);

    public void Dispose() => _listener.Close();

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Page()));
            context.Response.Close();
        }
    }

    private string Page()
    {
        var now = DateTimeOffset.UtcNow;
        var succeeded = now - SinceNightlySucceeded;
        var failed = HasNightlyFailed ? 1 : 0;
        return $$"""
            kube_cronjob_created{namespace="pmsfc",cronjob="nightly"} {{now.AddDays(-9).ToUnixTimeSeconds()}}
            kube_cronjob_spec_suspend{namespace="pmsfc",cronjob="nightly"} 0
            kube_cronjob_status_last_successful_time{namespace="pmsfc",cronjob="nightly"} {{succeeded.ToUnixTimeSeconds()}}
            kube_job_status_start_time{namespace="pmsfc",job_name="nightly-2"} {{now.AddHours(-1).ToUnixTimeSeconds()}}
            kube_job_status_failed{namespace="pmsfc",job_name="nightly-2"} {{failed}}
            kube_job_failed{namespace="pmsfc",job_name="nightly-2",condition="true"} {{failed}}
            kube_deployment_spec_replicas{namespace="pmsfc",deployment="control"} 3
            kube_deployment_status_replicas_ready{namespace="pmsfc",deployment="control"} 3
            kube_pod_container_resource_limits{namespace="pmsfc",pod="device-cpu-1",container="silo",resource="memory"} 4294967296
            kube_pod_container_status_restarts_total{namespace="pmsfc",pod="device-cpu-1",container="silo"} 1
            kube_pod_container_status_last_terminated_reason{namespace="pmsfc",pod="device-cpu-1",container="silo",reason="OOMKilled"} 1
            container_memory_working_set_bytes{namespace="pmsfc",pod="device-cpu-1",container="silo"} 1073741824
            container_cpu_usage_seconds_total{namespace="pmsfc",pod="device-cpu-1",container="silo"} {{now.ToUnixTimeSeconds()}}

            """.ReplaceLineEndings("\n");
    }
}
