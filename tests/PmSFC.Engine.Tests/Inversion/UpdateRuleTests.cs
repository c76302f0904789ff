using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class UpdateRuleTests
{
    [Fact]
    public void Adam_OverFiftySteps_EqualsTorchOptim()
    {
        using var scope = NewDisposeScope();
        using var theirs = new Parameter(Tensors.Normal(1, 3, 4));
        var ours = theirs.detach().clone();
        var target = Tensors.Normal(2, 3, 4);
        using var reference = optim.Adam([theirs], lr: 0.05);
        using var adam = new AdamUpdate([("x", ours)], 0.05);
        for (var i = 0; i < 50; i++)
        {
            reference.zero_grad();
            (theirs - target).pow(4).sum().backward();
            reference.step();
            adam.Update([4 * (ours - target).pow(3)], i);
        }

        Tensors.Difference(ours, theirs.detach()).ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void Sgd_OneStep_MovesAgainstTheGradient()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(2);
        using var sgd = new SgdUpdate([("x", parameter)], 0.5);

        sgd.Update([tensor(new[] { 1f, -2f })], 0);

        Tensors.Floats(parameter).ShouldBe([0.5f, 2f]);
    }
}
