using System.Text.RegularExpressions;
using CoLink.Observability.Integration.Support;
using CoLink.Observability.Tests.Support;

namespace CoLink.Observability.Integration.Packaging;

/// <summary>A project as a user has it: made by the SDK's template, outside this repository, restored from the feed.</summary>
internal sealed class FreshProject
{
    private readonly PackedLibrary _library;

    private FreshProject(PackedLibrary library, string name) => (_library, Name) = (library, name);

    public string Name { get; }

    public string Folder => Path.Combine(_library.Folder, Name);

    public string Program => Path.Combine(Folder, "Program.cs");

    /// <summary>A project that others share.</summary>
    public static FreshProject Library(PackedLibrary library, string name, string sdk)
    {
        var project = new FreshProject(library, name);
        Directory.CreateDirectory(project.Folder);
        File.WriteAllText(Path.Combine(project.Folder, $"{name}.csproj"), $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Library</OutputType>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            </Project>
            """);
        return project;
    }

    public static async Task<FreshProject> NewAsync(PackedLibrary library, string template, string name)
    {
        var project = new FreshProject(library, name);
        await DotnetCli.RunAsync(library.Folder, "new", template, "--name", name, "--output", project.Folder, "--no-restore");
        return project;
    }

    /// <summary>With the library, added as a user adds it.</summary>
    public async Task AddLibraryAsync() => await DotnetCli.RunAsync(Folder, "add", "package", PackedLibrary.Id, "--version", _library.Version);

    public async Task RemoveAsync(string package) => await DotnetCli.RunAsync(Folder, "remove", "package", package);

    /// <summary>References what the project had before; restored by the next step that restores. The version is this repository's own, or the feed's.</summary>
    public Task ReferenceAsync(params string[] packages) => IncludeAsync([.. packages.Select(package =>
        $"""<PackageReference Include="{package}" Version="{(package.StartsWith(PackedLibrary.Id, StringComparison.Ordinal) ? _library.Version : Pinned(package))}" />""")]);

    public Task ReferenceAsync(FreshProject other) => IncludeAsync($"""<ProjectReference Include="../{other.Name}/{other.Name}.csproj" />""");

    /// <summary>The text must be there: a guide that names what is not there would guide nobody.</summary>
    public async Task ReplaceAsync(string before, string after, string file = "Program.cs")
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
        Assert.Contains(before, text, StringComparison.Ordinal);
        await WriteAsync(file, text.Replace(before, after, StringComparison.Ordinal));
    }

    public Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(Folder, file), text);

    /// <returns>The path of the built assembly.</returns>
    public async Task<string> BuildAsync(bool restore = false)
    {
        await DotnetCli.RunAsync(Folder, ["build", "--configuration", "Release", .. restore ? Array.Empty<string>() : ["--no-restore"]]);
        return Path.Combine(Folder, "bin", "Release", "net10.0", $"{Name}.dll");
    }

    private Task IncludeAsync(params string[] items) =>
        ReplaceAsync("</Project>", $"<ItemGroup>{string.Concat(items)}</ItemGroup>\n</Project>", $"{Name}.csproj");

    private static string Pinned(string package)
    {
        var version = Regex.Match(File.ReadAllText(Path.Combine(Golden.Root, "Directory.Packages.props")), $"Include=\"{Regex.Escape(package)}\" Version=\"(?<version>[^\"]+)\"");
        Assert.True(version.Success, $"{package} is not in Directory.Packages.props.");
        return version.Groups["version"].Value;
    }
}
