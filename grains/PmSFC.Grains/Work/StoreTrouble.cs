using PmSFC.Storage;

namespace PmSFC.Grains.Work;

/// <summary>What the failure of a call of a grain or of its storage says about the store.</summary>
internal static class StoreTrouble
{
    /// <summary>The store's failure, which Orleans wraps once for each grain that it passes through, or null where it is another one.</summary>
    public static StoreException? Of(Exception failure) =>
        failure switch
        {
            StoreException store => store,
            { InnerException: { } inner } => Of(inner),
            _ => null,
        };

    /// <summary>Whether the failure is of the whole store and may pass, so that nothing is wrong with the record that could not be written.</summary>
    public static bool MayPass(Exception failure) =>
        Of(failure)?.Kind is StoreFailure.Full or StoreFailure.Unavailable or StoreFailure.Refused;
}
