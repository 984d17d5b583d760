using System.Reflection;
using System.Reflection.Emit;

namespace CoLink.Observability.Tests.Architecture;

/// <summary>Which types a type uses: in its signatures, its attributes and the bodies of its methods, nested and generated types included.</summary>
internal static class Dependencies
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Every pair of a type of the assembly and a type it uses.</summary>
    public static IEnumerable<(Type User, Type Used, bool AsAttribute)> Of(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => Of(type).SelectMany(used => Parts(used.Type).Select(part => (Outermost(type), Outermost(part), used.AsAttribute)))).Distinct();

    private static IEnumerable<(Type Type, bool AsAttribute)> Of(Type type)
    {
        foreach (var attribute in Attributes(type).Concat(type.GetMembers(Everything).SelectMany(Attributes)))
            yield return (attribute, true);
        foreach (var used in Signature(type).Concat(type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)).SelectMany(Method)))
            yield return (used, false);
    }

    private static IEnumerable<Type> Attributes(MemberInfo member) => member.GetCustomAttributesData().Select(attribute => attribute.AttributeType);

    private static IEnumerable<Type> Signature(Type type) =>
        [.. type.BaseType is null ? Type.EmptyTypes : [type.BaseType], .. type.GetInterfaces(), .. type.GetFields(Everything).Select(field => field.FieldType), .. type.GetProperties(Everything).Select(property => property.PropertyType)];

    private static IEnumerable<Type> Method(MethodBase method)
    {
        foreach (var parameter in method.GetParameters())
            yield return parameter.ParameterType;
        if (method is MethodInfo { ReturnType: { } returned })
            yield return returned;
        if (method.GetMethodBody() is not { } body)
            yield break;
        foreach (var local in body.LocalVariables)
            yield return local.LocalType;
        foreach (var clause in body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause))
            yield return clause.CatchType!;
        foreach (var token in Tokens(body.GetILAsByteArray()!))
        {
            foreach (var used in Member(method, token))
                yield return used;
        }
    }

    private static IEnumerable<Type> Member(MethodBase method, int token)
    {
        var ofType = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, ofType, ofMethod) switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType!, field.FieldType],
            MethodInfo called => [called.DeclaringType!, called.ReturnType, .. called.IsGenericMethod ? called.GetGenericArguments() : []],
            MemberInfo member => [member.DeclaringType!],
            _ => [],
        };
    }

    private static IEnumerable<int> Tokens(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            var code = il[at] == 0xFE ? OpCodesByValue[(short)(0xFE00 | il[at + 1])] : OpCodesByValue[il[at]];
            at += code.Size;
            switch (code.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    yield return BitConverter.ToInt32(il, at);
                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BitConverter.ToInt32(il, at));
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at += 1;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        if (type.IsGenericParameter)
            return [];
        return type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)] : [type];
    }

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }
}
