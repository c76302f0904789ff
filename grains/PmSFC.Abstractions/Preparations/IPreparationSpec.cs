using System.Collections.Immutable;

namespace PmSFC.Abstractions.Preparations;

/// <summary>What a preparation is a function of: something that is made once, stored, and then read by any number of jobs and other preparations.</summary>
public interface IPreparationSpec
{
    /// <summary>The id: equal specs make the same.</summary>
    string Id { get; }

    /// <summary>Its kind: <see cref="PreparationKinds.Subspaces"/>, <see cref="PreparationKinds.Network"/>, or the name of a later one.</summary>
    string PreparationKind { get; }

    /// <summary>Which one of its kind it is, for example the discovery <c>self-expressive</c>; the kind itself where there is but one.</summary>
    string Method { get; }

    /// <summary>Id of the generator that it is made of.</summary>
    string GeneratorId { get; }

    /// <summary>Every setting in canonical text.</summary>
    ImmutableSortedDictionary<string, string> Settings { get; }

    /// <summary>What must be stored before it can be made; nothing of it needs this one.</summary>
    IEnumerable<IPreparationSpec> Needs { get; }
}
