using TorchSharp;

namespace PmSFC.Engine.Tests;

public sealed class LibTorchTests
{
    [Fact]
    public void NativeLibrary_OnThisHost_LoadsAndComputes()
    {
        using var ones = torch.ones(2, 3);
        using var product = ones.mm(ones.t());

        product[0, 0].item<float>().ShouldBe(3f);
    }
}
