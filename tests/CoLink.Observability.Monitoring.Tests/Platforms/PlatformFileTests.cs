using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Tests.Platforms;

/// <summary>Bad input is refused with its file, its line and what is allowed.</summary>
public sealed class PlatformFileTests
{
    private const string Service = "services:\n  - name: users-service\n    port: 8001\n";

    public static TheoryData<string, string> Refused => new()
    {
        { "", "m.yml:1: services is empty: name at least one." },
        { "services: 5", "m.yml:1: services takes a list." },
        { "- a", "m.yml:1: The file takes keys and values, one a line." },
        { Service + "scarpe: 1", "m.yml:4: scarpe is no key; allowed here: cluster, exporters, kafka, links, namespace, receivers, retention, scrape, services, thresholds." },
        { Service + "    prot: 1", "m.yml:4: services[0].prot is no key; allowed here: dependencies, name, port, scrape, slo, sources, targets." },
        { "services:\n  - port: 8001", "m.yml:2: services[0].name is missing." },
        { "services:\n  - name: users-service", "m.yml:2: services[0].port is missing." },
        { "services:\n  - name: Users_Service\n    port: 8001", "m.yml:2: services[0].name is 'Users_Service'; allowed is a name of lower-case letters, digits and dashes, as a host has it, of at most 63." },
        { "services:\n  - name: users-service\n    port: 80x", "m.yml:3: services[0].port is '80x'; allowed is a whole number from 1 to 65535." },
        { Service + "  - name: users-service\n    port: 8002", "m.yml:4: services: the name users-service is there twice." },
        { Service + "  - name: files-service\n    port: 8001", "m.yml:4: services: the port 8001 is there twice." },
        { Service + "    dependencies: [oracle]", "m.yml:2: services: 'oracle', a dependency of 'users-service', is unknown; allowed: postgresql, mongodb, redis, kafka, users-service." },
        { Service + "    dependencies: [users-service]", "m.yml:2: services: 'users-service' depends on itself." },
        { Service + "    sources: [Nqgsql]", "m.yml:2: services: 'Nqgsql', a source of 'users-service', is unknown; allowed: " },
        { Service + "    slo:\n      availability:\n        objective: 93", "m.yml:6: services: the objective availability of 'users-service' is 93 %; allowed is above 93.06 % (below it the page at 14.4 times the budget can never come) and below 100 %." },
        { Service + "    slo:\n      availability:\n        objective: 100", "m.yml:6: services: the objective availability of 'users-service' is 100 %; allowed is above 93.06 %" },
        { Service + "    slo:\n      latencyP95:\n        seconds: 0.3", "services: the objective latency_p95 of 'users-service' has 0.3 seconds, which is no bound of http_request_duration_seconds; allowed: 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10." },
        { Service + "retention:\n  prometheus: 10d", "m.yml:5: retention.prometheus is 10d; allowed is at least 30d, the longest range that a rule asks for." },
        { Service + "retention:\n  prometheus: forever", "m.yml:5: retention.prometheus is 'forever'; allowed is a duration from 1d to 1095d, such as 15s, 5m or 35d." },
        { Service + "scrape:\n  interval: 5s\n  timeout: 10s", "m.yml:6: scrape.timeout is 10s; allowed is at most scrape.interval, 5s." },
        { Service + "thresholds:\n  errorRatio: 5", "m.yml:5: thresholds.errorRatio is '5'; allowed is a number from 0.0001 to 1." },
        { Service + "links:\n  grafana: grafana.io", "m.yml:5: links.grafana is 'grafana.io'; allowed is an address such as https://grafana.example.com, without a slash at its end." },
        { Service + "kafka:\n  groups:\n    - name: g\n      topic: t\n      service: nobody", "m.yml:6: kafka.groups: 'nobody' of the group 'g' is no service; allowed: users-service." },
        { Service + "    targets: [localhost]", "m.yml:4: services[0].targets has 'localhost'; allowed is a host and a port, such as 10.0.0.5:8001." },
        { Service + "    targets: ['h:65536']", "m.yml:4: services[0].targets has 'h:65536'; allowed is a host and a port" },
        { Service + "exporters:\n  loki:\n    targets: ['http://h:1']", "m.yml:6: exporters.loki.targets has 'http://h:1'; allowed is a host and a port" },
        { Service + "exporters:\n  oracle-exporter:\n    targets: ['h:1']", "m.yml:5: exporters.oracle-exporter is no key; allowed here: alertmanager, " },
        { Service + "receivers:\n  deadManUrl: nowhere", "m.yml:5: receivers.deadManUrl is 'nowhere'; allowed is an address" },
        { Service + "cluster: [", "m.yml:5: " },
        { Service + Service, "m.yml:4: Duplicate key" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_with_its_line(string yaml, string expected)
    {
        var refused = Assert.Throws<PlatformException>(() => PlatformFile.Parse(yaml, "m.yml"));

        Assert.Contains(refused.Problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_defect_is_named_at_once()
    {
        var refused = Assert.Throws<PlatformException>(() => PlatformFile.Parse("cluster: X\nservices:\n  - name: a\n    port: 0\n  - name: a\n    port: 1", "m.yml"));

        Assert.Equal(["m.yml:1:", "m.yml:4:", "m.yml:5:"], refused.Problems.Select(problem => problem[..8]));
    }

    [Fact]
    public void One_service_is_enough()
    {
        var service = Assert.Single(PlatformFile.Parse(Service).Services);

        Assert.Equal([0.999m, 0.95m, 0.99m], service.Objectives.Select(objective => objective.Ratio));
        Assert.Equal([0, 0.5m, 1], service.Objectives.Select(objective => objective.Seconds));
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/nowhere/m.yml: cannot be read", Assert.Throws<PlatformException>(() => PlatformFile.Load("/nowhere/m.yml")).Message, StringComparison.Ordinal);
}
