using Microsoft.EntityFrameworkCore;

namespace CoLink.Observability.Integration.Database;

internal sealed class Shop(DbContextOptions<Shop> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Item>().HasIndex(item => item.Name).IsUnique();

    internal sealed class Item
    {
        public int Id { get; set; }

        public required string Name { get; set; }
    }
}
