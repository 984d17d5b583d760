using System.Data.Common;
using System.Runtime.CompilerServices;
using CoLink.Observability.Database.AdoNet;

namespace CoLink.Observability.Database;

/// <summary>A driver, known by the class of its connections.</summary>
/// <param name="Namespace">The namespace of that class.</param>
/// <param name="System">Whose client it is.</param>
/// <param name="Major">The version of its assembly.</param>
internal sealed record DatabaseDriver(string Namespace, DbSystem System, int Major)
{
    public const string NpgsqlNamespace = "Npgsql";
    public const string SqlClientNamespace = "Microsoft.Data.SqlClient";

    /// <summary>Whether its connections are those of our own wrapper.</summary>
    public bool IsWrapped { get; } = Namespace == typeof(ObservedConnection).Namespace;

    /// <summary>From 10 on Npgsql has an activity for each physical connection, and so says itself why one could not be had.</summary>
    public bool TellsConnectionErrors => Namespace != NpgsqlNamespace || Major >= 10;

    /// <summary>Remembers the drivers it has met, as long as their classes are loaded.</summary>
    internal sealed class Known
    {
        private readonly ConditionalWeakTable<Type, Met> _drivers = [];
        private Met? _last;

        /// <summary>Most processes have one driver, and asking for the last one is several times faster than the table.</summary>
        public DatabaseDriver Of(DbConnection connection)
        {
            var type = connection.GetType();
            if (_last is { } last && last.Class.TryGetTarget(out var known) && known == type)
                return last.Driver;
            var met = _drivers.TryGetValue(type, out var found) ? found : Meet(connection, type);
            _last = met;
            return met.Driver;
        }

        private Met Meet(DbConnection connection, Type type)
        {
            var driver = new DatabaseDriver(type.Namespace ?? "", AdoNetDrivers.System(connection), type.Assembly.GetName().Version?.Major ?? 0);
            return _drivers.GetOrAdd(type, new Met(new WeakReference<Type>(type), driver));
        }

        private sealed record Met(WeakReference<Type> Class, DatabaseDriver Driver);
    }
}
