namespace CoLink.Observability.Registry;

/// <summary>Logs where an exception would reach the host: on its requests and its work items. The providers of logs are the app's, and one may throw.</summary>
internal static class SafeLog
{
    public static void Write(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // What was to be told is counted as well, and there is nobody left to tell.
        }
    }
}
