using System.Text;

namespace PmSFC.Engine.Tests.Checkpoints;

/// <summary>Pickles written by hand.</summary>
internal static class HostilePickle
{
    /// <summary>The opcodes of a numpy array of the number 1.5.</summary>
    public const string OneNumber =
        "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\u0000\u0085U\u0001btR(K\u0001K\u0001\u0085"
        + "cnumpy\ndtype\n(U\u0002f4K\u0000K\u0001tR(K\u0003U\u0001<NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\u0000tb\u0089"
        + "U\u0004\u0000\u0000\u00c0\u003ftb";

    /// <summary>A dictionary of <c>a</c>, a call of <c>posix.system</c> that would make a file, and <c>b</c>, one number.</summary>
    public static byte[] WithOneNumber(string witness) =>
        Bytes($"\u0080\u0002}}(U\u0001acposix\nsystem\n(S'touch {witness}'\ntRU\u0001b{OneNumber}u.");

    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);
}
