namespace PmSFC.Client.ImageSets;

/// <summary>A set that is stored now.</summary>
/// <param name="Set">The set.</param>
/// <param name="Outcome">What the import did to its record.</param>
/// <param name="FilesWritten">How many files the store did not have, or had damaged.</param>
public sealed record ImportedSet(StoredImageSet Set, ImportOutcome Outcome, int FilesWritten);
