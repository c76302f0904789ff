namespace PmSFC.Engine.Tests.Support;

/// <summary>A theory that is compared with PyTorch; skipped where that is not installed.</summary>
internal sealed class ReferenceTheoryAttribute : TheoryAttribute
{
    public ReferenceTheoryAttribute()
    {
        if (!Reference.IsAvailable) Skip = "Needs Debian's python3-torch and python3-numpy: apt-get install python3-torch python3-numpy";
    }
}
