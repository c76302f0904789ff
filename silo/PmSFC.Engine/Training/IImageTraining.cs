using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Training;

/// <summary>A kind of network that can learn from a user's images as well as from the generator's samples.</summary>
public interface IImageTraining : INetworkTraining
{
    /// <summary>What keeps settings that fit the generator from being used with images; empty where nothing does.</summary>
    IReadOnlyList<SettingIssue> CheckForImages(ResolvedSettings settings) => [];
}
