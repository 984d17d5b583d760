namespace CoLink.Observability.Integration.Packaging.Published;

/// <summary>As ever: what holds of the others and not of this one would be no loss of theirs.</summary>
public sealed class PlainApp(PackedLibrary library) : PublishedApp(library)
{
    public override bool TakesObjectsApart => true;

    protected override string Name => "plain";

    protected override string[] Properties => ["--self-contained", "false"];
}

/// <summary>Of which only what is used was published. The framework's package is downloaded.</summary>
public sealed class TrimmedApp(PackedLibrary library) : PublishedApp(library)
{
    /// <summary>Serilog's own package says no where an app is trimmed.</summary>
    public override bool TakesObjectsApart => false;

    protected override string Name => "trimmed";

    protected override string[] Properties => ["-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false"];
}

/// <summary>Compiled to native code. The compiler's package is downloaded.</summary>
public sealed class NativeApp(PackedLibrary library) : PublishedApp(library)
{
    public override bool TakesObjectsApart => false;

    protected override string Name => "native";

    protected override string[] Properties => ["-p:PublishAot=true", "-p:TrimmerSingleWarn=false"];

    protected override string? Lack() => new[] { "clang", "gcc" }.Any(IsThere) ? null : "There is neither clang nor gcc, which link native code.";

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
