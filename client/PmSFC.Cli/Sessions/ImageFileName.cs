namespace PmSFC.Cli.Sessions;

/// <summary>What an image's file may be called.</summary>
/// <param name="Short">The name by which it is called where that is free.</param>
/// <param name="Own">A name that has the beginning of the image's id in it, so that no other image has it.</param>
internal readonly record struct ImageFileName(string Short, string Own);
