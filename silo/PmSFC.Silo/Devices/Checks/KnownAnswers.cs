using System.Text.Json;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>
/// What the bundled generator and searches with it give in double precision. They come from tests/reference/known_answers.py, which shares no code with the
/// engine. Of images, gradients and codes there are some elements, evenly spaced.
/// </summary>
internal sealed record KnownAnswers(
    double[] Forward,
    double[] Features,
    double[] Gradient,
    KnownAnswers.Search Pmsfc,
    KnownAnswers.Search Mganprior
)
{
    private static readonly JsonSerializerOptions CamelCase = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static KnownAnswers Stored { get; } = Read();

    private static KnownAnswers Read()
    {
        using var stream = typeof(KnownAnswers).Assembly.GetManifestResourceStream("known-answers.json")!;
        return JsonSerializer.Deserialize<KnownAnswers>(stream, CamelCase)!;
    }

    /// <summary>A search of 50 iterations: the image before the first, that iteration's gradients, what its step makes of the codes, and every loss.</summary>
    public sealed record Search(double[] Image, double[] GradientZ, double[] GradientW, double[] Z, double[] W, double[] Losses);
}
