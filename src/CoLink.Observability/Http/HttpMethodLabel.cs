using CoLink.Observability.Catalogue;
using Microsoft.AspNetCore.Http;

namespace CoLink.Observability.Http;

/// <summary>The label value of a method, as an index into <see cref="HttpCatalogue.Methods"/>: methods are compared once and series are found by number.</summary>
internal static class HttpMethodLabel
{
    public const int Get = 0;
    public const int Post = 1;
    private const int Connect = 8;
    private const int Other = 9;

    public static int Of(string method)
    {
        // Kestrel hands out its own constants, so the first comparison ends most requests.
        if (HttpMethods.IsGet(method))
            return Get;
        if (HttpMethods.IsPost(method))
            return Post;
        if (HttpMethods.IsPut(method))
            return 2;
        if (HttpMethods.IsDelete(method))
            return 3;
        if (HttpMethods.IsPatch(method))
            return 4;
        if (HttpMethods.IsHead(method))
            return 5;
        if (HttpMethods.IsOptions(method))
            return 6;
        if (HttpMethods.IsTrace(method))
            return 7;
        return HttpMethods.IsConnect(method) ? Connect : Other;
    }

    public static bool IsConnect(int method) => method == Connect;

    public static string Name(int method) => HttpCatalogue.Methods[method];
}
