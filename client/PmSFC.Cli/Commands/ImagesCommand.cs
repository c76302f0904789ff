using System.CommandLine;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.ImageSets;
using PmSFC.Silo.Arguments;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>images</c>: sets of images under names in the store, for sweeps that are repeated.</summary>
internal sealed class ImagesCommand : Command
{
    /// <summary>Makes the command and those below it.</summary>
    public ImagesCommand(CliHost host, GlobalOptions options)
        : base("images", "Import, list and show image sets, which sweeps name as set:NAME")
    {
        Add(new Import(host, options));
        Add(new List(host, options));
        Add(new Show(host, options));
    }

    private static string Sentence(StoredImageSet set) =>
        $"Image set {set.Name}: {Amounts.Count(set.Images.Length, "image")}, {Amounts.Bytes(set.Bytes)}, content {Amounts.ShortId(set.Id)}.";

    private sealed class Import : CliCommand
    {
        private readonly ValueArgument<string> _folder = new("folder", ValueKinds.Path)
        {
            Description = "the folder of the images, subfolders left out, or one image file",
        };

        private readonly ValueOption<string> _name = new("--name", ValueKinds.Text)
        {
            Description = $"the set's name: {ImageSetName.Rule} [default: the folder's]",
            HelpName = "name",
        };

        private readonly FlagOption _replace = new("--replace")
        {
            Description = "put these images in the place of those that the set of this name has",
        };

        public Import(CliHost host, GlobalOptions options)
            : base(
                "import",
                "Check a folder of images and put it into the store as a set; a set of that name with other images is not changed",
                host,
                options
            )
        {
            Add(_folder);
            Add(_name);
            Add(_replace);
        }

        public override bool OutlivesItsOutput => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var folder = invocation.Value(_folder);
            var name = invocation.Value(_name) ?? NameOf(folder);
            var import = await ImageSetImport.ReadAsync(folder, name, invocation.CancellationToken);
            var store = invocation.OpenStore();
            var (set, outcome, written) = await import.StoreAsync(
                store,
                invocation.Value(_replace) ? ExistingSet.Replace : ExistingSet.Keep,
                invocation.CancellationToken
            );
            if (invocation.Json)
            {
                invocation.Lines.Write(
                    new
                    {
                        set.Name,
                        set.Id,
                        Count = set.Images.Length,
                        set.Bytes,
                        Outcome = outcome,
                        FilesWritten = written,
                        import.Notes,
                    }
                );
                return ExitCode.Done;
            }

            foreach (var note in import.Notes)
                invocation.Say(note);
            invocation.Say(Sentence(set));
            invocation.Say(
                outcome switch
                {
                    ImportOutcome.Unchanged when written == 0 => "The store has it already; nothing was changed.",
                    ImportOutcome.Unchanged =>
                        $"The store has it already; {Amounts.Count(written, "file")} that it had lost or damaged came back.",
                    ImportOutcome.Replaced => $"It replaces the set that had this name; {Amounts.Count(written, "file")} written.",
                    _ => $"{Amounts.Count(written, "file")} written; each content is stored once.",
                }
            );
            invocation.Say($"Use it with: {invocation.Command("sweep", "run", "FILE", "--images", ImageSetName.ReferenceTo(set.Name))}");
            return ExitCode.Done;
        }

        private static string NameOf(string path) =>
            Directory.Exists(path)
                ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))
                : Path.GetFileNameWithoutExtension(path);
    }

    private sealed class List(CliHost host, GlobalOptions options) : CliCommand("list", "List the image sets of the store", host, options)
    {
        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var (sets, problems) = await new ImageSetDirectory(invocation.OpenStoreToRead()).ListAsync(invocation.CancellationToken);
            if (invocation.Json)
            {
                foreach (var set in sets)
                    invocation.Lines.Write(
                        new
                        {
                            set.Name,
                            set.Id,
                            Count = set.Images.Length,
                            set.Bytes,
                        }
                    );
                foreach (var problem in problems)
                    invocation.Lines.Write(new { Event = "problem", Problem = problem });
                return ExitCode.Done;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("name", "images", "size", "content");
            foreach (var column in table.Columns.Skip(1).Take(2))
                column.RightAligned();
            foreach (var set in sets)
                table.AddRow(
                    Cell.Of(set.Name),
                    Cell.Of($"{set.Images.Length}"),
                    Cell.Of(Amounts.Bytes(set.Bytes)),
                    Cell.Of(Amounts.ShortId(set.Id))
                );
            invocation.Console.Write(table);
            foreach (var problem in problems)
                invocation.Say(problem);
            return ExitCode.Done;
        }
    }

    private sealed class Show : CliCommand
    {
        private readonly ValueArgument<string> _name = new("name", ValueKinds.Text) { Description = "its name" };

        public Show(CliHost host, GlobalOptions options)
            : base("show", "Show the images of a set", host, options) => Add(_name);

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var set = await new ImageSetDirectory(invocation.OpenStoreToRead()).FindAsync(
                invocation.Value(_name),
                invocation.CancellationToken
            );
            if (invocation.Json)
            {
                invocation.Lines.Write(
                    new
                    {
                        set.Name,
                        set.Id,
                        Count = set.Images.Length,
                        set.Bytes,
                        set.Images,
                    }
                );
                return ExitCode.Done;
            }

            invocation.Say(Sentence(set));
            var table = new Table().Border(TableBorder.Simple).AddColumns("file", "pixels", "size", "content");
            foreach (var column in table.Columns.Skip(1).Take(2))
                column.RightAligned();
            foreach (var image in set.Images)
                table.AddRow(
                    Cell.Of(image.File),
                    Cell.Of($"{image.Width}×{image.Height}"),
                    Cell.Of(Amounts.Bytes(image.Bytes)),
                    Cell.Of(Amounts.ShortId(image.Id))
                );
            invocation.Console.Write(table);
            return ExitCode.Done;
        }
    }
}
