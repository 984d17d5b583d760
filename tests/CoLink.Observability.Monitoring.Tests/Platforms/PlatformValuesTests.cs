using CoLink.Observability.Monitoring.Platforms;

namespace CoLink.Observability.Monitoring.Tests.Platforms;

/// <summary>What the file says is what the platform is, and what it leaves out has the default that its keys are documented with.</summary>
public sealed class PlatformValuesTests
{
    private const string Service = "services:\n  - name: users-service\n    port: 8001\n";

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var platform = PlatformFile.Parse(Service);

        Assert.Equal(("colink", "colink"), (platform.Cluster, platform.Namespace));
        Assert.Equal(new Scraping(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), 500_000, 1), platform.Scraping);
        Assert.Equal(new Retention(TimeSpan.FromDays(35), TimeSpan.FromDays(14), TimeSpan.FromDays(7), 1), platform.Retention);
        Assert.Equal(new Links("https://runbooks.colink.io", "https://grafana.colink.io", "https://prometheus.colink.io", "https://alertmanager.colink.io"), platform.Links);
        Assert.Equal(new Thresholds(), platform.Thresholds);
        Assert.Equal(
            new Receivers
            {
                EmailTo = "ops@colink.io",
                EmailFrom = "alertmanager@colink.io",
                SmtpHost = "smtp:587",
                SlackChannel = "#alerts",
                SlackUrlFile = "/etc/alertmanager/secrets/slack-url",
                PagerDutyKeyFile = "/etc/alertmanager/secrets/pagerduty-routing-key",
                DeadManUrlFile = "/etc/alertmanager/secrets/dead-man-url",
                DeadManUrl = "",
            },
            platform.Receivers);
        Assert.Equal(3, platform.Kafka.Brokers);
        Assert.Empty(platform.Kafka.Groups);
        Assert.Empty(platform.Exporters);
        var service = platform.Services.Single();
        Assert.Equal(new ServiceScrape(8001, "", false, "", ""), service.Scrape);
        Assert.True(service.Scrape.IsPlain);
        Assert.Empty(service.Targets);
        Assert.Empty(platform.DependingOn("redis"));
    }

    [Fact]
    public void What_is_given_is_taken()
    {
        var platform = PlatformFile.Parse("""
            cluster: west
            namespace: chat
            scrape: { interval: 20s, timeout: 20s, sampleLimit: 1000 }
            retention: { prometheus: 30d, loki: 1d, tempo: 1095d }
            services:
              - name: users-service
                port: 1
                dependencies: [redis, files-service]
                sources: [Npgsql]
                scrape: { port: 65535, bearerTokenFile: /token, tls: true, caFile: /ca, serverName: users }
                targets: ['a:1', 'b.c-d:65535']
                slo: { availability: { objective: 99.99 }, latencyP95: { objective: 93.06, seconds: 0.25 }, latencyP99: { seconds: 10 } }
              - name: files-service
                port: 65535
                scrape: { tls: false }
            kafka:
              brokers: 0
              groups: [ { name: g, topic: t, service: users-service }, { name: g, topic: u, service: files-service, maxLag: 1 } ]
            exporters: { loki: { targets: ['h:1'] } }
            receivers:
              emailTo: to@x
              emailFrom: from@x
              smtpHost: mail:25
              slackChannel: '#x'
              slackUrlFile: /slack
              pagerDutyKeyFile: /pager
              deadManUrlFile: /dead
              deadManUrl: https://dead.example.com
            links: { runbooks: 'http://r.x', grafana: 'https://g.x', prometheus: 'http://p:9090', alertmanager: 'http://a.x/y' }
            thresholds:
              errorRatio: 0.0001
              errorMinimum: 0
              latencyP95: 0.001
              latencyMinimum: 1
              burnMinimum: 2
              cpu: 0.3
              memory: 0.4
              throttled: 0.5
              disk: 0.6
              pool: 0.7
              connectionErrors: 8
              slowQuery: 10
              storeConnections: 0.9
              cacheHitRatio: 1
              socketDrop: 0.11
              socketMinimum: 12
              socketDisconnects: 100
              samples: 1000000000
            """);

        Assert.Equal(("west", "chat"), (platform.Cluster, platform.Namespace));
        Assert.Equal((TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), 1000), (platform.Scraping.Interval, platform.Scraping.Timeout, platform.Scraping.SampleLimit));
        Assert.Equal((TimeSpan.FromDays(30), TimeSpan.FromDays(1), TimeSpan.FromDays(1095)), (platform.Retention.Prometheus, platform.Retention.Loki, platform.Retention.Tempo));
        var (users, files) = (platform.Services[0], platform.Services[1]);
        Assert.Equal(("users-service", 1, "files-service", 65535), (users.Name, users.Port, files.Name, files.Port));
        Assert.Equal(["redis", "files-service"], users.Dependencies);
        Assert.Equal(["Npgsql"], users.Sources);
        Assert.Equal(new ServiceScrape(65535, "/token", true, "/ca", "users"), users.Scrape);
        Assert.Equal(new ServiceScrape(65535, "", false, "", ""), files.Scrape);
        Assert.Equal(["a:1", "b.c-d:65535"], users.Targets);
        Assert.Equal([(0.9999m, 0m), (0.9306m, 0.25m), (0.99m, 10m)], users.Objectives.Select(one => (one.Ratio, one.Seconds)));
        Assert.Equal([0.0001m, 0.0694m, 0.01m], users.Objectives.Select(one => one.Budget));
        Assert.Equal([users], platform.DependingOn("redis"));
        Assert.Equal(0, platform.Kafka.Brokers);
        Assert.Equal([("g", "t", "users-service", 10_000), ("g", "u", "files-service", 1)], platform.Kafka.Groups.Select(group => (group.Name, group.Topic, group.Service, group.MaxLag)));
        Assert.Equal(["h:1"], Assert.Single(platform.Exporters, exporter => exporter.Key == "loki").Value);
        Assert.Equal(
            new Receivers
            {
                EmailTo = "to@x",
                EmailFrom = "from@x",
                SmtpHost = "mail:25",
                SlackChannel = "#x",
                SlackUrlFile = "/slack",
                PagerDutyKeyFile = "/pager",
                DeadManUrlFile = "/dead",
                DeadManUrl = "https://dead.example.com",
            },
            platform.Receivers);
        Assert.Equal(new Links("http://r.x", "https://g.x", "http://p:9090", "http://a.x/y"), platform.Links);
        Assert.Equal(
            new Thresholds
            {
                ErrorRatio = 0.0001m,
                ErrorMinimum = 0,
                LatencyP95 = 0.001m,
                LatencyMinimum = 1,
                BurnMinimum = 2,
                Cpu = 0.3m,
                Memory = 0.4m,
                Throttled = 0.5m,
                Disk = 0.6m,
                Pool = 0.7m,
                ConnectionErrors = 8,
                SlowQuery = 10,
                StoreConnections = 0.9m,
                CacheHitRatio = 1,
                SocketDrop = 0.11m,
                SocketMinimum = 12,
                SocketDisconnects = 100,
                Samples = 1_000_000_000,
            },
            platform.Thresholds);
    }

    [Theory]
    [InlineData(true, "", true)]
    [InlineData(false, "/token", false)]
    [InlineData(false, "", true)]
    public void A_scrape_is_plain_without_a_token_and_without_TLS(bool tls, string token, bool hasNoToken) =>
        Assert.Equal(!tls && hasNoToken, new ServiceScrape(1, token, tls, "", "").IsPlain);

    /// <summary>Each whole message, and no other beside it.</summary>
    [Theory]
    [InlineData("services:\n  - name: a\n    port: 0", "3: services[0].port is '0'; allowed is a whole number from 1 to 65535.")]
    [InlineData("services:\n  - name: a\n    port: 65536", "3: services[0].port is '65536'; allowed is a whole number from 1 to 65535.")]
    [InlineData("services:\n  - name: a\n    port: null", "3: services[0].port takes a text.")]
    [InlineData("services:\n  - name: a\n    port: ~", "3: services[0].port takes a text.")]
    [InlineData("services:\n  - name: a\n    port:", "3: services[0].port takes a text.")]
    [InlineData("services:\n  - name: [a]\n    port: 1", "2: services[0].name takes a text.")]
    [InlineData("services: []", "1: services is empty: name at least one.")]
    [InlineData(Service + "cluster: [a]", "4: cluster takes a text.")]
    [InlineData(Service + "scrape: 5", "4: scrape takes keys and values, one a line.")]
    [InlineData(Service + "    scrape: { tls: yes }", "4: services[0].scrape.tls is 'yes'; allowed is true or false.")]
    [InlineData(Service + "    targets: [[a]]", "4: services[0].targets takes texts.")]
    [InlineData(Service + "    dependencies: ['']", "4: services[0].dependencies takes texts.")]
    [InlineData(Service + "    targets: ['h:0']", "4: services[0].targets has 'h:0'; allowed is a host and a port, such as 10.0.0.5:8001.")]
    [InlineData(Service + "receivers: { smtpHost: mail }", "4: receivers.smtpHost is 'mail'; allowed is a host and a port, such as smtp.example.com:587.")]
    [InlineData(Service + "receivers: { deadManUrl: 'x' }", "4: receivers.deadManUrl is 'x'; allowed is an address such as https://grafana.example.com, without a slash at its end.")]
    [InlineData(Service + "thresholds: { cpu: 0 }", "4: thresholds.cpu is '0'; allowed is a number from 0.0001 to 1.")]
    [InlineData(Service + "thresholds: { cpu: 1.1 }", "4: thresholds.cpu is '1.1'; allowed is a number from 0.0001 to 1.")]
    [InlineData(Service + "thresholds: { cpu: many }", "4: thresholds.cpu is 'many'; allowed is a number from 0.0001 to 1.")]
    [InlineData(Service + "thresholds: { errorMinimum: -1 }", "4: thresholds.errorMinimum is '-1'; allowed is a number from 0 to 1000000000.")]
    [InlineData(Service + "scrape: { interval: 61s }", "4: scrape.interval is '61s'; allowed is a duration from 1s to 1m, such as 15s, 5m or 35d.")]
    [InlineData(Service + "scrape: { timeout: 0s }", "4: scrape.timeout is '0s'; allowed is a duration from 1s to 1m, such as 15s, 5m or 35d.")]
    [InlineData(Service + "kafka: { groups: [ { name: g, topic: t, service: users-service }, { name: g, topic: t, service: users-service } ] }", "4: kafka.groups: the group g on t is there twice.")]
    [InlineData(Service + "    slo: { latencyP95: { objective: 93.05 } }", "4: services: the objective latency_p95 of 'users-service' is 93.05 %; allowed is above 93.06 % (below it the page at 14.4 times the budget can never come) and below 100 %.")]
    [InlineData("services:\n  - name: a\n    port: 1\n  - name: b\n    port: 2\n    dependencies: [c]", "4: services: 'c', a dependency of 'b', is unknown; allowed: postgresql, mongodb, redis, kafka, a, b.")]
    public void A_defect_is_one_whole_line(string yaml, string expected) =>
        Assert.Equal([$"m.yml:{expected}"], Assert.Throws<PlatformException>(() => PlatformFile.Parse(yaml, "m.yml")).Problems);

    [Fact]
    public void A_quoted_null_is_a_text_and_an_empty_section_is_none() =>
        Assert.Equal(("#alerts", "null"), (PlatformFile.Parse(Service + "receivers:").Receivers.SlackChannel, PlatformFile.Parse(Service + "receivers: { slackChannel: 'null' }").Receivers.SlackChannel));
}
