using System.CommandLine;
using System.Globalization;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Sweeps;
using PmSFC.Engine;
using PmSFC.Imaging;
using PmSFC.Silo.Analyses;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary><c>analyze</c>: what the composed features of two finished inversions of a sweep show, in a picture for each row of its table.</summary>
internal sealed class AnalyzeCommand : Command
{
    /// <summary>Makes the command and those below it.</summary>
    public AnalyzeCommand(CliHost host, GlobalOptions options)
        : base("analyze", "Draw what the composed features of two inversions show")
    {
        Add(new Swap(host, options));
        Add(new Interpolate(host, options));
    }

    private abstract class OfPair : CliCommand
    {
        private const int LongestNameShown = 40;

        private readonly ValueArgument<string> _sweep = new("sweep", ValueKinds.Text)
        {
            Description = $"the beginning of its id, or '{SweepClient.Latest}'",
        };
        private readonly ValueArgument<string> _imageA = new("image-a", ValueKinds.Text)
        {
            Description = "the first image of the sweep: its name, or the beginning of its id",
        };

        private readonly ValueArgument<string> _imageB = new("image-b", ValueKinds.Text) { Description = "the second image" };

        private readonly ValueOption<string> _cell = new("--cell", ValueKinds.Text)
        {
            Description = "a row of the table [default: every row whose method can be analysed]",
            HelpName = "label",
        };

        private readonly ValueOption<string> _out = new("--out", ValueKinds.Path)
        {
            Description = "folder for the pictures",
            HelpName = "folder",
            DefaultValueFactory = _ => "pmsfc-analyses",
        };

        protected OfPair(string name, string description, CliHost host, GlobalOptions options)
            : base(name, description, host, options)
        {
            Add(_sweep);
            Add(_imageA);
            Add(_imageB);
            Add(_cell);
            Add(_out);
        }

        public override bool OutlivesItsOutput => true;

        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToRead();
            var plan = await new StoredSweeps(invocation, store).FindPlanAsync(invocation.Value(_sweep));
            var analysis = CreateAnalysis(invocation);
            var drawing = new SweepAnalysis(store, EngineCatalog.BuiltIn, analysis, invocation.Devices[0]);
            var selection = await drawing.SelectAsync(
                plan,
                invocation.Value(_imageA),
                invocation.Value(_imageB),
                invocation.Value(_cell),
                invocation.CancellationToken
            );
            var folder = OutputFolder.Prepare(invocation.Value(_out)!);
            var pictures = await drawing.DrawAsync(selection, invocation.CancellationToken);

            invocation.Say(analysis.Legend);
            foreach (var (cell, picture) in pictures)
            {
                // The number keeps rows apart whose labels differ only in what a file name cannot hold.
                var number = (plan.Cells.IndexOf(cell) + 1).ToString(CultureInfo.InvariantCulture);
                string[] names = [NameOf(selection.A), NameOf(selection.B), number, OutputFolder.FileName(cell.Label, LongestNameShown)];
                string[] parts = [Amounts.ShortId(plan.Id), analysis.Name, .. names];
                var file = await OutputFolder.WriteAsync(
                    folder,
                    $"{OutputFolder.FileName(string.Join('-', parts))}.png",
                    ImageFile.EncodePng(picture),
                    invocation.CancellationToken
                );
                if (invocation.Json)
                {
                    var images = new[] { selection.A, selection.B };
                    invocation.Lines.Write(
                        new
                        {
                            Event = "analysis",
                            Analysis = analysis.Name,
                            Sweep = plan.Id,
                            Cell = cell.Label,
                            Images = images,
                            File = file,
                        }
                    );
                }

                invocation.Say($"{cell.Label}: {file}");
            }

            return ExitCode.Done;
        }

        protected abstract IPairAnalysis CreateAnalysis(Invocation invocation);

        /// <summary>An image's name; where a file name cannot hold it, its id tells it from others that look the same.</summary>
        private static string NameOf(ImageReference image)
        {
            var name = OutputFolder.FileName(image.Name, LongestNameShown);
            return name == image.Name ? name : $"{name}-{Amounts.ShortId(image.Id)}";
        }
    }

    private sealed class Swap(CliHost host, GlobalOptions options)
        : OfPair("swap", "Exchange the features of two inversions, one subspace at a time (the paper's Fig. 4)", host, options)
    {
        protected override IPairAnalysis CreateAnalysis(Invocation invocation) => new SwapAnalysis();
    }

    private sealed class Interpolate : OfPair
    {
        private const int Fewest = 2;
        private const int Most = 64;

        private readonly ValueOption<int> _steps = new("--steps", ValueKinds.Integer(Fewest, Most))
        {
            Description = $"images on the way, both ends among them, from {Fewest} to {Most}",
            HelpName = "n",
            DefaultValueFactory = _ => 7,
        };

        public Interpolate(CliHost host, GlobalOptions options)
            : base(
                "interpolate",
                "Go from the composed features of one inversion to those of another (the paper's Fig. 6)",
                host,
                options
            ) => Add(_steps);

        protected override IPairAnalysis CreateAnalysis(Invocation invocation) => new InterpolationAnalysis(invocation.Value(_steps));
    }
}
