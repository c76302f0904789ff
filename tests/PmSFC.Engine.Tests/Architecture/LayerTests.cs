using Mono.Cecil;
using PmSFC.Engine.Inversion;

namespace PmSFC.Engine.Tests.Architecture;

/// <summary>
/// The engine's namespaces lie in layers: each uses those before it in the list alone, so that none lies on a cycle. The compiled code shows what each
/// uses, whatever its source imports.
/// </summary>
public sealed class LayerTests
{
    private const string Root = "PmSFC.Engine";

    // From the lowest to the highest. Methods stand side by side where none uses another.
    private static readonly string[] Layers =
    [
        "Tensors",
        "Settings",
        "Checkpoints",
        "Checkpoints.Numpy",
        "Checkpoints.Pickles",
        "Checkpoints.Formats",
        "Costs",
        "Perceptual.Trunks",
        "Perceptual",
        "Generators",
        "Pggan",
        "Styles",
        "StyleGan1",
        "StyleGan2",
        "Tasks",
        "Preparation",
        "Subspaces",
        "Training",
        "Inversion",
        "Planning",
        "Metrics.Weights",
        "Metrics",
        "Methods.Pmsfc",
        "Methods.Mganprior",
        "Methods.InvertGenNet",
        "Methods.Dip",
        "Methods.Encoders",
        "Methods.GenVisMani",
        "Methods.InvertLayers",
        "Methods.SemPhoMani",
        "Methods.SuperResolution",
        "Methods.Rcan",
        "Methods.Esrgan",
        "Methods.ColHallucination",
        "Methods.Projector",
        "Methods.Image2StyleGan",
        "Methods.Sam",
        "Methods.BdInvert",
        "Methods.Pti",
        "Methods.Input",
        "Methods.MeanImage",
        "Analyses",
        "",
    ];

    [Fact]
    public void Namespaces_OfTheEngine_UseLowerOnesAlone() =>
        Uses()
            .Where(use => Array.IndexOf(Layers, use.To) >= Array.IndexOf(Layers, use.From))
            .Select(use => $"{use.From} uses {use.To} ({use.Where})")
            .ShouldBeEmpty("move what both need down, or turn the use round");

    [Fact]
    public void Layers_OfTheList_AreTheNamespacesThatExist() => Layers.ShouldBe(Types().Select(NamespaceOf).Distinct(), ignoreOrder: true);

    [Fact]
    public void Methods_OfTheEngine_DoNotUseEachOtherButForWhatTheyShare()
    {
        string[] shared = ["Methods.Encoders", "Methods.SuperResolution", "Methods.InvertLayers", "Methods.Projector"];

        Uses()
            .Where(use =>
                use.From.StartsWith("Methods.", StringComparison.Ordinal)
                && use.To.StartsWith("Methods.", StringComparison.Ordinal)
                && !shared.Contains(use.To)
            )
            .Select(use => $"{use.From} uses {use.To} ({use.Where})")
            .ShouldBeEmpty();
    }

    [Fact]
    public void Uses_OfWhatIsKnownToUseOthers_AreFound()
    {
        var uses = Uses();

        uses.ShouldContain(use => use.From == "Methods.Pmsfc" && use.To == "Generators", "a parameter's type");
        uses.ShouldContain(use => use.From == "Methods.SemPhoMani" && use.To == "Methods.InvertLayers", "a call in a method's body");
        uses.ShouldContain(use => use.From == "" && use.To == "Metrics", "a property's type");
    }

    private static List<(string From, string To, string Where)> Uses() =>
        [
            .. Types()
                .SelectMany(type =>
                    Referenced(type).Select(used => (From: NamespaceOf(type), To: NamespaceOf(used), Where: $"{type.Name}: {used.Name}"))
                )
                .Where(use => use.From != use.To)
                .Distinct(),
        ];

    private static IEnumerable<TypeDefinition> Types() =>
        ModuleDefinition
            .ReadModule(typeof(IInversionMethod).Assembly.Location)
            .Types.Where(type => type.Namespace.StartsWith(Root, StringComparison.Ordinal))
            .SelectMany(WithNested);

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static string NamespaceOf(TypeReference type) =>
        Outermost(type).Namespace is var name && name == Root ? "" : name[(Root.Length + 1)..];

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    /// <summary>The engine's types that a type uses in its declaration, its members or their bodies.</summary>
    private static IEnumerable<TypeReference> Referenced(TypeDefinition type)
    {
        IEnumerable<TypeReference?> declared =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Properties.Select(property => property.PropertyType),
            .. type.Methods.SelectMany(Signature),
        ];
        var bodies = type.Methods.Where(method => method.HasBody).Select(method => method.Body).ToList();
        var inBodies = bodies
            .SelectMany(body => body.Variables.Select(variable => variable.VariableType))
            .Concat(
                bodies
                    .SelectMany(body => body.Instructions)
                    .SelectMany(instruction =>
                        instruction.Operand switch
                        {
                            TypeReference used => [used],
                            FieldReference field => [field.DeclaringType, field.FieldType],
                            MethodReference method => Signature(method),
                            _ => (IEnumerable<TypeReference?>)[],
                        }
                    )
            );
        return declared
            .Concat(inBodies)
            .OfType<TypeReference>()
            .SelectMany(Parts)
            .Where(used => used.Scope is ModuleDefinition && Outermost(used).Namespace.StartsWith(Root, StringComparison.Ordinal));
    }

    private static IEnumerable<TypeReference?> Signature(MethodReference method) =>
        [
            method.DeclaringType,
            method.ReturnType,
            .. method.Parameters.Select(parameter => parameter.ParameterType),
            .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
        ];

    private static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type switch
        {
            GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Prepend(generic.ElementType),
            TypeSpecification { ElementType: { } element } => Parts(element),
            GenericParameter => [],
            _ => [type],
        };
}
