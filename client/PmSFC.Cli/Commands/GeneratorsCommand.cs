using System.Collections.Immutable;
using System.CommandLine;
using PmSFC.Abstractions.Generators;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Generators;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Generators;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>generators</c>: what generators the store has, and how one gets there.</summary>
internal sealed class GeneratorsCommand : Command
{
    /// <summary>Makes the command and those below it.</summary>
    public GeneratorsCommand(CliHost host, GlobalOptions options)
        : base("generators", "Import, list, show and check generators")
    {
        Add(new Import(host, options));
        Add(new List(host, options));
        Add(new Show(host, options));
        Add(new Check(host, options));
    }

    private static object Describe(GeneratorCard card, IReadOnlyList<string>? notes = null) =>
        new
        {
            card.Id,
            card.Name,
            card.Layout,
            card.Resolution,
            card.LatentSize,
            card.Perceptual,
            card.Terms,
            card.Drawing,
            Splits = SplitsOf(card),
            Notes = notes ?? [],
        };

    private static ImmutableArray<Split> SplitsOf(GeneratorCard card)
    {
        var architecture = EngineCatalog.BuiltIn.Families.Describe(card);
        return
        [
            .. Enumerable
                .Range(1, architecture.LargestSplit)
                .Select(l => new Split(l, architecture.ResolutionAt(l), architecture.ChannelsAt(l))),
        ];
    }

    private static void Print(Invocation invocation, GeneratorCard card)
    {
        if (invocation.Json)
        {
            invocation.Lines.Write(Describe(card));
            return;
        }

        invocation.Say($"{card.Name}  {card.Id}");
        invocation.Say($"{card.Resolution}×{card.Resolution} pixels, latent codes of {card.LatentSize} numbers, {card.Layout} layout");
        invocation.Say($"perceptual network: {card.Perceptual ?? "none (methods run with perceptual=none)"}");
        if (card.Drawing is not null)
            invocation.Say($"drawing: {card.Drawing}");
        if (card.Terms is not null)
            invocation.Say($"terms: {card.Terms}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("split l", "maps at the cut", "channels C");
        foreach (var column in table.Columns)
            column.RightAligned();
        foreach (var split in SplitsOf(card))
            table.AddRow($"{split.L}", $"{split.Resolution}×{split.Resolution}", $"{split.Channels}");
        invocation.Console.Write(table);
    }

    private sealed record Split(int L, int Resolution, int Channels);

    private sealed class Import : CliCommand
    {
        private readonly ValueArgument<string> _file = new("file", ValueKinds.Path)
        {
            Description = "the generator's weights: .pth, .pkl or .safetensors of any layout that is read",
        };

        private readonly ValueOption<string> _perceptual = new("--perceptual", ValueKinds.Path)
        {
            Description =
                "weights of its discriminator, or of torchvision's VGG16 or SqueezeNet 1.1, whose features the perceptual loss then uses",
            HelpName = "file",
        };

        private readonly ValueOption<string> _name = new("--name", ValueKinds.Text)
        {
            Description = "a name of its own in the store [default: the file's]",
            HelpName = "name",
        };
        private readonly ValueOption<string> _terms = new("--terms", ValueKinds.Text)
        {
            Description = "the terms under which it may be used",
            HelpName = "text",
        };
        private readonly ValueOption<double?> _truncation = new("--truncation", DrawingValues.Truncation)
        {
            Description =
                "ψ, above 0 and up to 1: styles of codes are drawn nearer to their mean, of a generator with styles [default: the file's]",
            HelpName = "ψ",
        };
        private readonly ValueOption<NoiseSource> _noise = new("--noise", DrawingValues.Noise)
        {
            Description = "off, or the seed of other noise than the file's, of a generator with styles [default: the file's]",
            HelpName = "off|seed",
        };
        private readonly FlagOption _check = new("--check")
        {
            Description = "then invert its own samples for a minute, as 'generators check' does",
        };

        public Import(CliHost host, GlobalOptions options)
            : base("import", "Check a generator's weights and put them into the store", host, options)
        {
            Add(_file);
            Add(_perceptual);
            Add(_name);
            Add(_terms);
            Add(_truncation);
            Add(_noise);
            Add(_check);
        }

        public override bool OutlivesItsOutput => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var file = invocation.Value(_file);
            var name = invocation.Value(_name) ?? Path.GetFileNameWithoutExtension(file);
            if (invocation.Value(_check))
                OutputFolder.Check(SampleCheck.DefaultFolder);
            var store = invocation.OpenStore();
            var (card, notes) = await new GeneratorImport(EngineCatalog.BuiltIn, store).ImportAsync(
                file,
                invocation.Value(_perceptual),
                name,
                invocation.Value(_terms),
                new DrawingOptions(invocation.Value(_truncation), invocation.Value(_noise)),
                invocation.CancellationToken
            );
            if (invocation.Json)
                invocation.Lines.Write(Describe(card, notes));
            foreach (var note in notes)
                invocation.Say(note);
            if (card.Name != name)
                invocation.Say($"The store has this generator already, as '{card.Name}'.");
            if (!invocation.Json)
                Print(invocation, card);
            if (invocation.Value(_check))
                return await new SampleCheck(invocation, store, card).RunAsync(Check.DefaultDuration, SampleCheck.DefaultFolder);
            invocation.Say($"How well its own samples are inverted: {invocation.Command("generators", "check", card.Name)}");
            return ExitCode.Done;
        }
    }

    private sealed class Check : CliCommand
    {
        public static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(1);

        private const int Fewest = 2,
            Most = 3600;

        private readonly ValueArgument<string> _name = new("name", ValueKinds.Text)
        {
            Description = "its name, or the beginning of its id",
        };
        private readonly ValueOption<int> _seconds = new("--seconds", ValueKinds.Integer(Fewest, Most))
        {
            Description = $"how long the searches may take together, about, from {Fewest} to {Most}",
            HelpName = "n",
            DefaultValueFactory = _ => (int)DefaultDuration.TotalSeconds,
        };
        private readonly ValueOption<string> _out = new("--out", ValueKinds.Path)
        {
            Description = "folder for the picture",
            HelpName = "folder",
            DefaultValueFactory = _ => SampleCheck.DefaultFolder,
        };

        public Check(CliHost host, GlobalOptions options)
            : base(
                "check",
                "Invert a generator's own samples, and say how well they come back; exit code 1 where it draws none",
                host,
                options
            )
        {
            Add(_name);
            Add(_seconds);
            Add(_out);
        }

        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var folder = invocation.Value(_out)!;
            OutputFolder.Check(folder);
            using var inspection = new InspectionStore(invocation);
            var card = await inspection.FindGeneratorAsync(invocation.Value(_name));
            var duration = TimeSpan.FromSeconds(invocation.Value(_seconds));
            return await new SampleCheck(invocation, inspection.Store, card).RunAsync(duration, folder);
        }
    }

    private sealed class List(CliHost host, GlobalOptions options) : CliCommand("list", "List the generators of the store", host, options)
    {
        protected override async Task<int> RunAsync(Invocation invocation)
        {
            using var inspection = new InspectionStore(invocation);
            await OfferBundledAsync(invocation, inspection.Store);
            var (cards, problems) = await new GeneratorDirectory(inspection.Store).ListAsync(invocation.CancellationToken);
            if (invocation.Json)
            {
                foreach (var card in cards)
                    invocation.Lines.Write(Describe(card));
                foreach (var problem in problems)
                    invocation.Lines.Write(new { Event = "problem", Problem = problem });
                return ExitCode.Done;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("name", "id", "pixels", "splits", "perceptual");
            foreach (var card in cards)
                table.AddRow(
                    Cell.Of(card.Name),
                    Cell.Of(Amounts.ShortId(card.Id)),
                    Cell.Of($"{card.Resolution}×{card.Resolution}"),
                    Cell.Of($"1–{card.Channels.Length - 1}"),
                    Cell.Of(card.Perceptual ?? "none")
                );
            invocation.Console.Write(table);
            foreach (var problem in problems)
                invocation.Say(problem);
            return ExitCode.Done;
        }

        /// <summary>A store that cannot be written is listed as it is.</summary>
        private static async Task OfferBundledAsync(Invocation invocation, IArtifactStore store)
        {
            const string Bundled = BundledGenerator.DefaultName;
            try
            {
                await BundledGenerator.FindAsync(invocation, store, Bundled);
            }
            catch (StoreException e) when (e.Kind == StoreFailure.Refused)
            {
                invocation.Say($"The bundled generator {Bundled} is not in the store and cannot be put there: {e.Message}");
            }
        }
    }

    private sealed class Show : CliCommand
    {
        private readonly ValueArgument<string> _name = new("name", ValueKinds.Text)
        {
            Description = "its name, or the beginning of its id",
        };

        public Show(CliHost host, GlobalOptions options)
            : base("show", "Show a generator's sizes and where it can be cut", host, options) => Add(_name);

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            using var inspection = new InspectionStore(invocation);
            var card = await inspection.FindGeneratorAsync(invocation.Value(_name));
            Print(invocation, card);
            return ExitCode.Done;
        }
    }
}
