using System.Runtime.InteropServices;

namespace PmSFC.Engine.Tests.Support;

/// <summary>What native code holds of memory.</summary>
internal static class NativeHeap
{
    /// <summary>
    /// Bytes that glibc's malloc has given out and not got back, in its arenas and in mappings of their own. Neither what the allocator keeps of freed blocks is
    /// in it nor the managed heap.
    /// </summary>
    public static long InUse()
    {
        var information = mallinfo2();
        return (long)(information.UsedInArenas + information.UsedInMappings);
    }

    [DllImport("libc")]
    private static extern Information mallinfo2();

    /// <summary>glibc's struct mallinfo2, see mallinfo(3); the sums are over all arenas.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 10 * 8)]
    private struct Information
    {
        /// <summary>hblkhd.</summary>
        [FieldOffset(4 * 8)]
        public nuint UsedInMappings;

        /// <summary>uordblks.</summary>
        [FieldOffset(7 * 8)]
        public nuint UsedInArenas;
    }
}
