using Confluent.Kafka;

namespace CoLink.Observability.Kafka;

/// <summary>The kind of an error, in the order of the catalogue's label.</summary>
internal enum KafkaFailure
{
    Transport,
    AllBrokersDown,
    Timeout,
    Authentication,
    Other,
}

internal static class KafkaFailures
{
    /// <summary>What an operator does about it: look at the network, at the brokers, at the load, at credentials and rights, or at the code.</summary>
    public static KafkaFailure Of(ErrorCode code) => code switch
    {
        ErrorCode.Local_Transport or ErrorCode.Local_Resolve or ErrorCode.NetworkException => KafkaFailure.Transport,
        ErrorCode.Local_AllBrokersDown => KafkaFailure.AllBrokersDown,
        ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.RequestTimedOut => KafkaFailure.Timeout,
        ErrorCode.Local_Authentication or ErrorCode.Local_Ssl or ErrorCode.SaslAuthenticationFailed
            or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState
            or ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed
            or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed => KafkaFailure.Authentication,
        _ => KafkaFailure.Other,
    };
}
