using System.Collections.Immutable;
using PmSFC.Storage;

namespace PmSFC.Client.Evaluations;

/// <summary>Evaluations of a store.</summary>
/// <param name="Records">Those whose records can be read, the latest first.</param>
/// <param name="Problems">Why each other record cannot be read and what to do.</param>
public sealed record EvaluationListing(ImmutableArray<EvaluationRecord> Records, ImmutableArray<StoreException> Problems);
