using System.Collections.Immutable;

namespace PmSFC.Client.ImageSets;

/// <summary>The image sets of a store.</summary>
/// <param name="Sets">Those whose records can be read, by name.</param>
/// <param name="Problems">Why each other record cannot be read and what to do, a sentence each.</param>
public sealed record ImageSetListing(ImmutableArray<StoredImageSet> Sets, ImmutableArray<string> Problems);
