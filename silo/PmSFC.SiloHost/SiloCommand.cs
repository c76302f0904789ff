using System.CommandLine;
using PmSFC.Silo.Arguments;
using PmSFC.SiloHost.Configuration;

namespace PmSFC.SiloHost;

/// <summary>From arguments to an exit code: 0 after an orderly stop, 1 where the silo failed, 2 where it cannot be what it was told to be, 3 where a device
/// of it hung or was lost, so that it must be started again.</summary>
internal static class SiloCommand
{
    private const string FileVariable = "PMSFC_CONFIG";
    private const int BadInput = 2;

    /// <summary>Parses, checks and runs.</summary>
    public static async Task<int> RunAsync(string[] arguments, Func<string, string?> environment, TextWriter output, TextWriter error)
    {
        var file = new ValueOption<string>("--config", ValueKinds.Path)
        {
            Description = $"a file of settings, YAML or JSON [default: ${FileVariable}, else none]",
            HelpName = "file",
        };
        var print = new FlagOption("--print-config") { Description = "print the settings, and where each comes from, and exit" };
        var options = SiloSettingCatalog.All.ToDictionary(setting => setting, Create);
        var root = new RootCommand(
            "A silo of a PmSFC cluster. Each setting may stand in the file as KEY: VALUE, in the environment as PMSFC_KEY, and in the arguments as "
                + "--KEY VALUE; the later of these holds."
        )
        {
            file,
            print,
        };
        var earlier = SiloSettingCatalog
            .All.Where(setting => setting.EarlierKey is not null)
            .ToDictionary(
                setting => setting,
                setting => new ValueOption<string>($"--{setting.EarlierKey}", ValueKinds.Text) { Hidden = true }
            );
        foreach (var option in options.Values.Concat(earlier.Values))
            root.Add(option);

        root.SetAction(async parsed =>
        {
            var configuration = new SiloConfiguration();
            if (parsed.GetValue(file) is { } path)
                configuration.AddFile(path);
            else if (environment(FileVariable) is { Length: > 0 } text)
            {
                if (ValueKinds.Path.Read(FileVariable, text, out var named) is { } problem)
                    configuration.AddProblem(problem);
                else
                    configuration.AddFile(named!);
            }

            configuration.AddEnvironment(environment);
            foreach (var (setting, option) in options)
                configuration.AddArgument(
                    setting,
                    parsed.GetValue(option),
                    earlier.TryGetValue(setting, out var old) ? parsed.GetValue(old) : null
                );
            var reader = new SiloSettingsReader(configuration);
            var settings = reader.Read();
            if (parsed.GetValue(print))
                output.WriteLine(configuration.Print(environment));
            foreach (var problem in reader.Problems)
                error.WriteLine($"error: {problem}");
            if (settings is null)
                return BadInput;
            return parsed.GetValue(print) ? 0 : await new SiloProcess(settings, error).RunAsync();
        });

        var parsed = root.Parse(arguments, ArgumentProblems.Configuration);
        if (new ArgumentProblems(parsed, arguments, "pmsfc-silo").First() is { } wrong)
        {
            error.WriteLine($"error: {wrong}");
            return BadInput;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            }
        );
    }

    private static ValueOption<string> Create(SiloSettingDefinition setting) =>
        new($"--{setting.Key}", ValueKinds.Text)
        {
            Description = setting.Default.Length == 0 ? setting.Description : $"{setting.Description} [default: {setting.Default}]",
            HelpName = setting.HelpName,
        };
}
