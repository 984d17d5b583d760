namespace CoLink.Observability.TestPages;

/// <summary>Stands for the compiled pages: only a project of the Razor SDK has any.</summary>
public static class TestPagesAssembly;
