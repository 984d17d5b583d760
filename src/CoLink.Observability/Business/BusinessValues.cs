namespace CoLink.Observability.Business;

/// <summary>Where a message was sent.</summary>
public enum ChannelType
{
    /// <summary>Between two people.</summary>
    Direct,

    /// <summary>Among a few people, without a name.</summary>
    Group,

    /// <summary>In a named channel.</summary>
    Channel,

    /// <summary>As a reply in a thread.</summary>
    Thread,
}

/// <summary>What was uploaded.</summary>
public enum FileCategory
{
    /// <summary>A picture.</summary>
    Image,

    /// <summary>A film.</summary>
    Video,

    /// <summary>A recording.</summary>
    Audio,

    /// <summary>A text, a table, a presentation.</summary>
    Document,

    /// <summary>A packed set of files.</summary>
    Archive,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>What was searched.</summary>
public enum SearchScope
{
    /// <summary>Messages.</summary>
    Messages,

    /// <summary>Files.</summary>
    Files,

    /// <summary>People.</summary>
    Users,

    /// <summary>Channels.</summary>
    Channels,

    /// <summary>Everything.</summary>
    All,
}

/// <summary>How a user came.</summary>
public enum RegistrationMethod
{
    /// <summary>With a password.</summary>
    Password,

    /// <summary>Through an OAuth provider.</summary>
    OAuth,

    /// <summary>Through the company's single sign-on.</summary>
    Sso,

    /// <summary>By invitation.</summary>
    Invitation,

    /// <summary>Through the API.</summary>
    Api,
}

/// <summary>How it ended.</summary>
public enum Outcome
{
    /// <summary>As wanted.</summary>
    Success,

    /// <summary>Not as wanted.</summary>
    Failure,
}
