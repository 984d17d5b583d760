using CoLink.Observability.Business;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace MessagingService;

internal static class Users
{
    public static void MapUsers(this IEndpointRouteBuilder app) => app.MapPost("/api/users", RegisterAsync);

    private static async Task<IResult> RegisterAsync(NewUser? body, MessagingDb db, BusinessMetrics metrics, TimeProvider time, CancellationToken cancellation)
    {
        var input = new Input();
        var name = input.Text("name", body?.Name, max: 100);
        var email = input.Email("email", body?.Email);
        var method = input.OneOf<RegistrationMethod>("method", body?.Method);
        if (input.Refusal is { } refusal)
            return refusal;

        if (await db.Users.AnyAsync(other => other.Email == email, cancellation))
            return AlreadyRegistered(email);
        var user = new User { Name = name, Email = email, Method = method.Name, RegisteredAt = time.GetUtcNow() };
        db.Add(user);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException) when (IsTaken(db, email))
        {
            return AlreadyRegistered(email);
        }

        metrics.UserRegistered(method.Value);
        return TypedResults.Created((string?)null, user);
    }

    /// <summary>Two requests may both have found the address free; the unique index lets one of them in.</summary>
    private static bool IsTaken(MessagingDb db, string email) => db.Users.Any(other => other.Email == email);

    private static ProblemHttpResult AlreadyRegistered(string email) => TypedResults.Problem(
        $"email {Input.Quote(email)} is already registered. Allowed: an address that is not.", statusCode: StatusCodes.Status409Conflict);

    private sealed record NewUser(string? Name, string? Email, string? Method);
}
