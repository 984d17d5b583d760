using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;

namespace CoLink.Observability.StackExchangeRedis.Reads;

/// <summary>
/// Makes classes that implement the client's interfaces at run time: the interface of a database has 654 methods, of which some forty
/// are reads, and grows with each version of the client. A generated method calls the app's object and, where it is a read, the
/// counter: no array of arguments and no boxing, which is what <see cref="DispatchProxy"/> would cost. See docs/decisions/0017.
/// </summary>
internal sealed class ProxyTypes
{
    /// <summary>The assembly's attribute InternalsVisibleTo has the same name: the generated classes derive from an internal one.</summary>
    public const string AssemblyName = "CoLink.Observability.StackExchangeRedis.Proxies";

    private const MethodAttributes Implementation =
        MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot;

    private static readonly MethodInfo Reads = typeof(CountedProxy).GetProperty(nameof(CountedProxy.Reads))!.GetMethod!;

    private static readonly ConstructorInfo Base = typeof(CountedProxy).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, [typeof(object), typeof(CountedReads)])!;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Type, Delegate> _made = new();
    private ModuleBuilder? _module;

    /// <summary>What counts before an object of the app's. What counts already is handed back.</summary>
    public TService Make<TService>(TService inner, CountedReads reads)
        where TService : class
    {
        if (inner is null or CountedProxy)
            return inner!;
        if (!_made.TryGetValue(typeof(TService), out var make))
            make = Define<TService>();
        return ((Func<TService, CountedReads, TService>)make)(inner, reads);
    }

    private Delegate Define<TService>()
        where TService : class
    {
        lock (_gate)
        {
            if (_made.TryGetValue(typeof(TService), out var known))
                return known;
            _module ??= AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(AssemblyName), AssemblyBuilderAccess.Run).DefineDynamicModule(AssemblyName);
            return _made[typeof(TService)] = Define<TService>(_module);
        }
    }

    private static Func<TService, CountedReads, TService> Define<TService>(ModuleBuilder module)
        where TService : class
    {
        var service = typeof(TService);
        var type = module.DefineType($"Counted{service.Name[1..]}", TypeAttributes.Class | TypeAttributes.Sealed | TypeAttributes.NotPublic, typeof(CountedProxy), [service]);
        var inner = type.DefineField("_service", service, FieldAttributes.Private | FieldAttributes.InitOnly);
        var constructor = DefineConstructor(type, service, inner);
        foreach (var method in service.GetInterfaces().Append(service).SelectMany(part => part.GetMethods()))
            Implement(type, inner, method);
        DefineMake(type, service, constructor);
        return type.CreateType().GetMethod("Make", BindingFlags.Static | BindingFlags.Public)!.CreateDelegate<Func<TService, CountedReads, TService>>();
    }

    private static ConstructorBuilder DefineConstructor(TypeBuilder type, Type service, FieldBuilder inner)
    {
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [service, typeof(CountedReads)]);
        var code = constructor.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldarg_2);
        code.Emit(OpCodes.Call, Base);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, inner);
        code.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void DefineMake(TypeBuilder type, Type service, ConstructorBuilder constructor)
    {
        var make = type.DefineMethod("Make", MethodAttributes.Public | MethodAttributes.Static, service, [service, typeof(CountedReads)]);
        var code = make.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Newobj, constructor);
        code.Emit(OpCodes.Ret);
    }

    /// <summary>Reads.Count(inner.Method(arguments), flags), Reads.Wrap(inner.Method(arguments)), or inner.Method(arguments).</summary>
    private static void Implement(TypeBuilder type, FieldBuilder inner, MethodInfo method)
    {
        var parameters = method.GetParameters();
        var implementation = type.DefineMethod($"{method.DeclaringType!.Name}.{method.Name}", Implementation);
        Type[] generics = method.IsGenericMethodDefinition ? implementation.DefineGenericParameters([.. method.GetGenericArguments().Select(argument => argument.Name)]) : [];
        implementation.SetReturnType(Filled(method.ReturnType, generics));
        implementation.SetParameters([.. parameters.Select(parameter => Filled(parameter.ParameterType, generics))]);
        var called = generics.Length == 0 ? method : method.MakeGenericMethod(generics);
        var counter = CountedCommands.CounterOf(method);
        var after = counter ?? typeof(CountedReads).GetMethod(nameof(CountedReads.Wrap), [method.ReturnType]);
        var code = implementation.GetILGenerator();
        if (after is not null)
        {
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Call, Reads);
        }

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldfld, inner);
        for (var i = 1; i <= parameters.Length; i++)
            code.Emit(OpCodes.Ldarg, (short)i);
        code.Emit(OpCodes.Callvirt, called);
        if (counter is not null)
            code.Emit(OpCodes.Ldarg, (short)parameters.Length);
        if (after is not null)
            code.Emit(OpCodes.Callvirt, after);
        code.Emit(OpCodes.Ret);
        type.DefineMethodOverride(implementation, method);
    }

    /// <summary>A type of a generic method's signature, in the terms of the method that implements it.</summary>
    private static Type Filled(Type type, Type[] generics)
    {
        if (type.IsGenericMethodParameter)
            return generics[type.GenericParameterPosition];
        if (type.IsArray)
            return Filled(type.GetElementType()!, generics) is var element && element == type.GetElementType() ? type : element.MakeArrayType();
        return type.ContainsGenericParameters ? type.GetGenericTypeDefinition().MakeGenericType([.. type.GetGenericArguments().Select(argument => Filled(argument, generics))]) : type;
    }
}
