namespace PmSFC.Engine.Planning;

/// <summary>How many codes an image takes through G1.</summary>
/// <param name="Split">l, number of blocks in G1.</param>
/// <param name="Codes">Codes an image, over all subspaces.</param>
/// <param name="Subspaces">R: a code takes 1/R of the last block's channels on average.</param>
public sealed record CodePlan(int Split, int Codes, int Subspaces);
