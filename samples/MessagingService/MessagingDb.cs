using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace MessagingService;

internal sealed class MessagingDb(DbContextOptions<MessagingDb> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Message> Messages => Set<Message>();

    public DbSet<StoredFile> Files => Set<StoredFile>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>().HasIndex(user => user.Email).IsUnique();
        modelBuilder.Entity<Message>().HasIndex(message => new { message.Channel, message.Id });
        modelBuilder.Entity<StoredFile>().HasOne(file => file.Content).WithOne().HasForeignKey<FileContent>(content => content.Id);
    }
}

internal sealed class User
{
    public long Id { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string Method { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }
}

internal sealed class Message
{
    public long Id { get; init; }

    public required string Channel { get; init; }

    public required string Text { get; init; }

    public required string ChannelType { get; init; }

    public required string Author { get; init; }

    public required DateTimeOffset SentAt { get; init; }
}

internal sealed class StoredFile
{
    public long Id { get; init; }

    public required string Name { get; init; }

    public required string ContentType { get; init; }

    public required string Category { get; init; }

    public required int Bytes { get; init; }

    public required DateTimeOffset UploadedAt { get; init; }

    [JsonIgnore]
    public FileContent? Content { get; init; }
}

/// <summary>In a table of its own: a search does not read it.</summary>
internal sealed class FileContent
{
    public long Id { get; init; }

    public required byte[] Bytes { get; init; }
}
