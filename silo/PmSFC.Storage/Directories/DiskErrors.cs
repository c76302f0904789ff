namespace PmSFC.Storage;

/// <summary>What the error number of a failed file operation means. On Unix an IOException's HResult is errno itself.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);
    private const int ReadOnlyFileSystem = 30;
    private const int NotPermitted = 1;
    private const int NotSupportedLinux = 95;
    private const int NotSupportedMac = 45;

    public static bool IsFull(IOException e) => e.HResult is NoSpace or QuotaLinux or QuotaMac or DiskFullWindows or HandleDiskFullWindows;

    public static bool IsReadOnly(IOException e) => e.HResult is ReadOnlyFileSystem;

    public static bool HasNoLinks(IOException e) => e.HResult is NotPermitted or NotSupportedLinux or NotSupportedMac;
}
