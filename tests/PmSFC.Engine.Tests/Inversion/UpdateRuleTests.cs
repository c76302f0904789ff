using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class UpdateRuleTests
{
    [Theory]
    [InlineData(0.999, 0)]
    [InlineData(0.9, 0)]
    [InlineData(0.99, 0.3)]
    public void Adam_OverFiftySteps_EqualsTorchOptim(double beta2, double weightDecay)
    {
        using var scope = NewDisposeScope();
        using var theirs = new Parameter(TestTensors.Normal(1, 3, 4));
        var ours = theirs.detach().clone();
        var target = TestTensors.Normal(2, 3, 4);
        using var reference = optim.Adam([theirs], lr: 0.05, beta2: beta2, weight_decay: weightDecay);
        using var adam = new AdamUpdate([("x", ours)], 0.05, beta2: beta2, weightDecay: weightDecay);
        for (var i = 0; i < 50; i++)
        {
            reference.zero_grad();
            (theirs - target).pow(4).sum().backward();
            reference.step();
            adam.Update([4 * (ours - target).pow(3)], i);
        }

        TestTensors.Difference(ours, theirs.detach()).ShouldBeLessThan(1e-6f);
    }

    [Theory]
    [InlineData("adam")]
    [InlineData("sgd")]
    public void Update_OfAParameterWithAPaceOfItsOwn_MovesItThatMuchLess(string rule)
    {
        using var scope = NewDisposeScope();
        (string Name, Tensor Value)[] parameters = [("z", ones(1)), ("w", ones(1))];
        using IUpdateRule update =
            rule == "adam" ? new AdamUpdate(parameters, 0.5, LearningRateScale) : new SgdUpdate(parameters, 0.5, LearningRateScale);

        update.Update([ones(1), ones(1)], 0, scale: 0.5);

        TestTensors.Floats(parameters[0].Value)[0].ShouldBe(0.75f, 1e-6f);
        TestTensors.Floats(parameters[1].Value)[0].ShouldBe(0.95f, 1e-6f);

        static double LearningRateScale(string name) => name == "w" ? 0.2 : 1;
    }

    [Fact]
    public void Sgd_OneStep_MovesAgainstTheGradient()
    {
        using var scope = NewDisposeScope();
        var parameter = ones(2);
        using var sgd = new SgdUpdate([("x", parameter)], 0.5);

        sgd.Update([tensor(new[] { 1f, -2f })], 0);

        TestTensors.Floats(parameter).ShouldBe([0.5f, 2f]);
    }
}
