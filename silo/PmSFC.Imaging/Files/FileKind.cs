namespace PmSFC.Imaging.Files;

/// <summary>What a path leads to; the values are those of <c>st_mode</c>'s type bits (POSIX <c>sys/stat.h</c>).</summary>
internal enum FileKind
{
    /// <summary>The system does not tell.</summary>
    Unknown = 0,

    /// <summary>A named pipe (FIFO).</summary>
    Pipe = 0x1000,

    /// <summary>A device that is read byte by byte, such as a terminal.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A folder.</summary>
    Folder = 0x4000,

    /// <summary>A disk.</summary>
    BlockDevice = 0x6000,

    /// <summary>A file with a length and a content of its own.</summary>
    Regular = 0x8000,

    /// <summary>A socket of this machine.</summary>
    Socket = 0xc000,
}
