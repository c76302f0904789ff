namespace PmSFC.Kubernetes.Tests.Containers;

/// <summary>A pod as a container.</summary>
/// <param name="Name">The name of the pod, and of its machine.</param>
/// <param name="Id">The container's, as podman has it.</param>
/// <param name="Address">Its own.</param>
/// <param name="Pod">What it was made of.</param>
internal sealed record ContainerMember(string Name, string Id, string Address, PodTemplate Pod);
