// dotnet run -c Release --project benchmarks/PmSFC.Benchmarks -- --filter '*Step*'
using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
