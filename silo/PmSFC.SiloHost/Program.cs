using System.Text;
using PmSFC.Silo.Output;
using PmSFC.SiloHost;

Console.OutputEncoding = new UTF8Encoding(false);

// A silo works on though nobody can read what it says.
Console.SetOut(new LossyWriter(Console.Out));
Console.SetError(new LossyWriter(Console.Error));
return await SiloCommand.RunAsync(args, Environment.GetEnvironmentVariable, Console.Out, Console.Error);
