using System.Text;
using PmSFC.SiloHost;

Console.OutputEncoding = new UTF8Encoding(false);
return await SiloCommand.RunAsync(args, Environment.GetEnvironmentVariable, Console.Out, Console.Error);
