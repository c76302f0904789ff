using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;

namespace PmSFC.Storage;

/// <summary>What a failed request to Azure Blob Storage means.</summary>
internal static class BlobAnswers
{
    /// <summary>The failure itself, out of what the client library wraps around it.</summary>
    public static Exception Unwrap(Exception failure) =>
        failure is AggregateException { InnerExceptions: [.., var last] } ? Unwrap(last) : failure;

    /// <summary>For a failure that waiting may cure, what the store did, for people; null for any other.</summary>
    public static string? Transient(Exception failure) =>
        failure switch
        {
            RequestFailedException { Status: 0 } => "did not answer",
            RequestFailedException { Status: 408 or 429 or 500 or 502 or 503 or 504 } e => $"answered {e.Status}",
            RequestFailedException { ErrorCode: var code } when code == BlobErrorCode.ContainerBeingDeleted => "answered 409",
            AuthenticationFailedException => null,
            OperationCanceledException or TimeoutException => "did not answer in time",
            HttpRequestException or IOException => "broke the connection off",
            _ => null,
        };

    public static bool IsMissing(Exception failure) => failure is RequestFailedException { Status: 404 };

    public static bool IsMissingContainer(Exception failure) =>
        failure is RequestFailedException { ErrorCode: var code } && code == BlobErrorCode.ContainerNotFound;

    /// <summary>Whether a condition of the request did not hold.</summary>
    public static bool IsConflict(Exception failure) =>
        failure is RequestFailedException e
        && (e.Status == 412 || e.ErrorCode == BlobErrorCode.BlobAlreadyExists || e.ErrorCode == BlobErrorCode.BlobNotFound);
}
