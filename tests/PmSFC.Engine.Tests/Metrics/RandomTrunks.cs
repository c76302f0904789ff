using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Tests.Metrics;

/// <summary>Trunks and heads of random weights, as PyTorch saves them; each file is made when it is asked for and serves as both.</summary>
public sealed class RandomTrunks : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-trunks-");

    public string File(string trunk)
    {
        var path = Path.Combine(_folder.FullName, $"v0.1_{trunk}.pth");
        if (System.IO.File.Exists(path))
            return path;
        Reference.Ask("lpips.py", trunk, "--random", "1", path);
        System.IO.File.Copy(
            path,
            Path.Combine(
                _folder.FullName,
                trunk switch
                {
                    "alex" => "alexnet.pth",
                    "vgg" => "vgg16.pth",
                    _ => "squeezenet1_1.pth",
                }
            )
        );
        return path;
    }

    public WeightsFolder With(string trunk)
    {
        File(trunk);
        return new WeightsFolder(_folder.FullName);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
