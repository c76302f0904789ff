namespace PmSFC.SiloHost.Configuration;

/// <summary>The value that a setting was given.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Origin">Where, for people: a line of a file, a variable, an argument, or that it is the default.</param>
internal sealed record SettingValue(string Text, string Origin);
