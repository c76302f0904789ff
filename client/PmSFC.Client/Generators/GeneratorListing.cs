using System.Collections.Immutable;
using PmSFC.Abstractions.Generators;

namespace PmSFC.Client.Generators;

/// <summary>The generators of a store.</summary>
/// <param name="Cards">Those whose cards can be read, by name.</param>
/// <param name="Problems">Why each other card cannot be read and what to do, a sentence each.</param>
public sealed record GeneratorListing(ImmutableArray<GeneratorCard> Cards, ImmutableArray<string> Problems);
