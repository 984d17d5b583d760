using CoLink.Observability.Business;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MessagingService;

internal static class Files
{
    private const int MaxBytes = 10 * 1024 * 1024;
    private const string Allowed = "multipart/form-data with one file in a part named 'file'";

    private static readonly HashSet<string> Archives =
    [
        "application/zip", "application/x-zip-compressed", "application/gzip", "application/x-gzip", "application/x-tar",
        "application/x-7z-compressed", "application/vnd.rar", "application/x-bzip2", "application/x-xz", "application/zstd",
    ];

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        app.MapPost("/api/files", UploadAsync);
        app.MapGet("/api/files/{id:long}", DownloadAsync);
    }

    private static async Task<IResult> UploadAsync(HttpRequest request, MessagingDb db, BusinessMetrics metrics, TimeProvider time, CancellationToken cancellation)
    {
        var (file, refusal) = await ReadFileAsync(request, metrics, cancellation);
        if (file is null)
            return refusal!;

        var category = CategoryOf(file.ContentType);
        var outcome = Outcome.Failure;
        try
        {
            var input = new Input();
            var name = input.Text("file name", Path.GetFileName(file.FileName), max: 255);
            var type = input.Text("content type", file.ContentType ?? "application/octet-stream", max: 255);
            if (file.Length == 0)
                input.Refuse("file", $"file {Input.Quote(file.FileName)} is empty.", $"1 to {MaxBytes} bytes");
            if (input.Refusal is { } refused)
                return refused;
            if (file.Length > MaxBytes)
                return TooLarge($"file {Input.Quote(file.FileName)} has {file.Length} bytes.");

            var content = new MemoryStream((int)file.Length);
            await file.CopyToAsync(content, cancellation);
            var stored = new StoredFile
            {
                Name = name, ContentType = type, Category = category.ToString().ToLowerInvariant(), Bytes = (int)file.Length,
                UploadedAt = time.GetUtcNow(), Content = new FileContent { Bytes = content.ToArray() },
            };
            db.Add(stored);
            await db.SaveChangesAsync(cancellation);
            outcome = Outcome.Success;
            return TypedResults.Created($"/api/files/{stored.Id}", stored);
        }
        finally
        {
            metrics.FileUploaded(category, outcome);
        }
    }

    private static async Task<(IFormFile? File, IResult? Refusal)> ReadFileAsync(HttpRequest request, BusinessMetrics metrics, CancellationToken cancellation)
    {
        var input = new Input();
        try
        {
            if (!request.HasFormContentType)
                input.Refuse("file", $"Content-Type {Input.Quote(request.ContentType)} carries no file.", Allowed);
            else if ((await request.ReadFormAsync(cancellation)).Files is [{ Name: "file" } file])
                return (file, null);
            else
                input.Refuse("file", "file is missing, or is not the only one.", Allowed);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // Refused before its content type was read.
            metrics.FileUploaded(FileCategory.Other, Outcome.Failure);
            return (null, TooLarge($"The request has {request.ContentLength} bytes."));
        }
        catch (IOException exception) when (exception.HResult == new IOException().HResult)
        {
            // The reader's own word for a body that ends too early; a full disk has another code and is ours to answer for.
            input.Refuse("file", $"The body is not valid multipart: {exception.Message.Trim()}", Allowed);
        }
        catch (InvalidDataException exception)
        {
            input.Refuse("file", $"The body is not valid multipart: {exception.Message}", Allowed);
        }

        return (null, input.Refusal);
    }

    /// <summary>Always as a download, never as what the sender called it: a page of theirs would run as one of ours.</summary>
    private static async Task<IResult> DownloadAsync(long id, MessagingDb db, CancellationToken cancellation) =>
        await db.Files.Include(file => file.Content).AsNoTracking().SingleOrDefaultAsync(file => file.Id == id, cancellation) is { } file
            ? TypedResults.Bytes(file.Content!.Bytes, "application/octet-stream", file.Name)
            : TypedResults.Problem($"There is no file {id}.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult TooLarge(string what) => TypedResults.Problem(
        $"{what} Allowed: 1 to {MaxBytes} bytes.", title: "The request was not accepted.", statusCode: StatusCodes.Status413PayloadTooLarge);

    private static FileCategory CategoryOf(string? contentType)
    {
        var type = contentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        return (type.Split('/')[0], type) switch
        {
            ("image", _) => FileCategory.Image,
            ("video", _) => FileCategory.Video,
            ("audio", _) => FileCategory.Audio,
            ("text", _) or (_, "application/pdf" or "application/rtf" or "application/msword" or "application/json") => FileCategory.Document,
            (_, var document) when document.StartsWith("application/vnd.", StringComparison.Ordinal) && document.Contains("document", StringComparison.Ordinal) => FileCategory.Document,
            (_, var packed) when Archives.Contains(packed) => FileCategory.Archive,
            _ => FileCategory.Other,
        };
    }
}
