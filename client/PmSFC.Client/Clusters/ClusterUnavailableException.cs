namespace PmSFC.Client.Clusters;

/// <summary>A cluster is known but does not do what a client needs: a later try may succeed. The message is one sentence for people.</summary>
public sealed class ClusterUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
