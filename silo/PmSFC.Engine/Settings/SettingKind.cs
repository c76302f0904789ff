namespace PmSFC.Engine.Settings;

/// <summary>What the text of a setting is read as.</summary>
public enum SettingKind
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A finite real number.</summary>
    Number,

    /// <summary>One of a fixed list of words.</summary>
    Choice,
}
