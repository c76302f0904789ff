using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PmSFC.Imaging.Native;

/// <summary>The functions of libgd 2.3 that are used.</summary>
internal static unsafe partial class LibGd
{
    private const string Library = "gd";

    // libgd decodes a damaged JPEG and only reports it, through a callback that gets no context: the decoding thread is the context.
    [ThreadStatic]
    private static int t_reports;

    static LibGd() => NativeLibrary.SetDllImportResolver(typeof(LibGd).Assembly, Resolve);

    /// <summary>How often libgd has reported a problem on this thread.</summary>
    public static int Reports => t_reports;

    [LibraryImport(Library)]
    public static partial GdImage gdImageCreateTrueColor(int width, int height);

    [LibraryImport(Library)]
    public static partial GdImage gdImageCreateFromPngPtr(int size, byte* data);

    [LibraryImport(Library)]
    public static partial GdImage gdImageCreateFromJpegPtrEx(int size, byte* data, int ignoreWarnings);

    [LibraryImport(Library)]
    public static partial GdImage gdImageCreateFromWebpPtr(int size, byte* data);

    [LibraryImport(Library)]
    public static partial GdImage gdImageCreateFromBmpPtr(int size, byte* data);

    [LibraryImport(Library)]
    public static partial byte* gdImagePngPtr(GdImage image, out int size);

    [LibraryImport(Library)]
    public static partial byte* gdImageJpegPtr(GdImage image, out int size, int quality);

    [LibraryImport(Library)]
    public static partial void gdImageDestroy(nint image);

    [LibraryImport(Library)]
    public static partial void gdFree(void* memory);

    [LibraryImport(Library)]
    public static partial void gdImageAlphaBlending(GdImage image, int blending);

    [LibraryImport(Library)]
    public static partial int gdImageBoundsSafe(nint image, int x, int y);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int gdImageGetTrueColorPixel(nint image, int x, int y);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void gdImageSetPixel(nint image, int x, int y, int colour);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Library) return 0;
        foreach (var file in (ReadOnlySpan<string>)["libgd.so.3", "libgd.3.dylib", "libgd.dll"])
        {
            if (!NativeLibrary.TryLoad(file, assembly, search, out var library)) continue;

            // Without this, libgd prints its reports to standard error.
            var setErrorMethod = (delegate* unmanaged[Cdecl]<delegate* unmanaged[Cdecl]<int, byte*, nint, void>, void>)
                NativeLibrary.GetExport(library, "gdSetErrorMethod");
            setErrorMethod(&CountReport);
            return library;
        }

        throw new DllNotFoundException("libgd is not installed, and images are read and written by it; on Debian and Ubuntu run 'apt-get install libgd3'.");
    }

    /// <summary>libgd's gdErrorMethod: <c>void (int priority, const char *format, va_list arguments)</c>. A va_list is passed as one pointer.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CountReport(int priority, byte* format, nint arguments) => t_reports++;
}
