using System.Globalization;

namespace MessagingService;

/// <summary>Reads how long another server may take. A value that would never be waited for, or without an end, stops the start and not a request.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static TimeSpan Of(IConfiguration configuration, string key, TimeSpan otherwise)
    {
        if (configuration[key] is not { Length: > 0 } given)
            return otherwise;
        return TimeSpan.TryParse(given, CultureInfo.InvariantCulture, out var patience) && patience > TimeSpan.Zero && patience <= Longest
            ? patience
            : throw new FormatException($"{key} {Input.Quote(given)} is no time to wait. Allowed: more than 00:00:00, {Longest:c} at most, such as {otherwise:c}");
    }
}
