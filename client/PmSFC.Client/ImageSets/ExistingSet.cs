namespace PmSFC.Client.ImageSets;

/// <summary>What an import does about a set of its name with other images.</summary>
public enum ExistingSet
{
    /// <summary>It refuses: results of two nights are compared because the set of one name is the same.</summary>
    Keep,

    /// <summary>It puts the new record in the place of the old one. The files of the old set stay stored.</summary>
    Replace,
}
