namespace PmSFC.SiloHost.Logging;

/// <summary>How what is logged is written.</summary>
internal enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>An object of JSON on a line, for collectors of logs.</summary>
    Json,
}
