using CoLink.Observability.Monitoring.Commands;

return MonitoringCommand.Create().Parse(args).Invoke();
