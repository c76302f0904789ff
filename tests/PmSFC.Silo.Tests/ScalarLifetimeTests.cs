using Mono.Cecil;
using Mono.Cecil.Cil;
using PmSFC.Engine.Inversion;
using PmSFC.Silo.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Silo.Tests;

/// <summary>
/// Nothing holds a number that TorchSharp converts for one call, see TensorArithmetic. The compiled code shows where that happens: the conversion's
/// result is no field and no local, in this code or in the method of TorchSharp that it calls.
/// </summary>
public sealed class ScalarLifetimeTests
{
    private static readonly HashSet<string> Careless = FindCareless();

    public static TheoryData<Type> Assemblies => [typeof(IInversionMethod), typeof(DeviceOptions)];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Numbers_ForLibtorch_AreHeldUntilTheCallIsBack(Type ofAssembly) =>
        Methods(ofAssembly).SelectMany(Offences).ShouldBeEmpty("use PmSFC.Engine.Tensors, a field, or a local with 'using'");

    [Fact]
    public void Offences_OfConversionsForOneCall_AreFound() =>
        Methods(typeof(Samples))
            .Where(method => method.DeclaringType.Name == nameof(Samples))
            .SelectMany(Offences)
            .ShouldBe(["Samples.Product: op_Implicit", "Samples.Sum: op_Addition", "Samples.Square: square"]);

    private static IEnumerable<string> Offences(MethodDefinition method) =>
        method
            .Body.Instructions.Where(instruction =>
                IsForOneCall(instruction) || (instruction.Operand is MethodReference called && Careless.Contains(called.FullName))
            )
            .Select(instruction => $"{method.DeclaringType.Name}.{method.Name}: {((MethodReference)instruction.Operand).Name}");

    private static bool IsForOneCall(Instruction instruction) =>
        instruction.Operand is MethodReference called
        && (called.Name == "ToScalar" || (called.Name == "op_Implicit" && called.DeclaringType.Name == nameof(Scalar)))
        && instruction.Next.OpCode.Code
            is not (
                Code.Stfld
                or Code.Stsfld
                or Code.Stloc
                or Code.Stloc_S
                or Code.Stloc_0
                or Code.Stloc_1
                or Code.Stloc_2
                or Code.Stloc_3
            );

    /// <summary>TorchSharp's functions on tensors that convert a number for one call, and those that call them.</summary>
    private static HashSet<string> FindCareless()
    {
        var functions = Methods(typeof(Tensor))
            .Where(method => method.DeclaringType.Name is "Tensor" or "torch" or "functional" or "linalg" or "TensorExtensionMethods")
            .ToArray();
        var careless = functions
            .Where(method => method.Body.Instructions.Any(IsForOneCall))
            .Select(method => method.FullName)
            .ToHashSet(StringComparer.Ordinal);
        while (functions.Where(method => Calls(method) && careless.Add(method.FullName)).ToArray().Length > 0) { }

        return careless;

        bool Calls(MethodDefinition method) =>
            method.Body.Instructions.Any(instruction =>
                instruction.Operand is MethodReference called && careless.Contains(called.FullName)
            );
    }

    private static IEnumerable<MethodDefinition> Methods(Type ofAssembly) =>
        All(ModuleDefinition.ReadModule(ofAssembly.Assembly.Location).Types)
            .SelectMany(type => type.Methods)
            .Where(method => method.HasBody);

    private static IEnumerable<TypeDefinition> All(IEnumerable<TypeDefinition> types) =>
        types.SelectMany(type => All(type.NestedTypes).Prepend(type));

    private static class Samples
    {
        private static readonly Scalar Field = 2;

        public static Tensor Product(Tensor x) => x.mul(2.5);

        public static Tensor Sum(Tensor x) => x + x;

        public static Tensor Square(Tensor x) => x.square();

        public static Tensor OfField(Tensor x) => x.mul(Field);

        public static Tensor OfLocal(Tensor x, double number)
        {
            using Scalar held = number;
            return x.mul(held);
        }
    }
}
