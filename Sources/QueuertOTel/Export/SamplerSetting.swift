/// Which spans are sampled, as `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` say.
///
/// A share below 0 counts as 0, and one above 1 as 1, which is told in ``EnvironmentConfiguration/warnings``.
public enum SamplerSetting: Hashable, Sendable {
    /// All.
    case alwaysOn
    /// None.
    case alwaysOff
    /// A share of the traces, from 0 to 1.
    case traceIDRatio(Double)
    /// As the span above; of roots, all.
    case parentBasedAlwaysOn
    /// As the span above; of roots, none.
    case parentBasedAlwaysOff
    /// As the span above; of roots, a share from 0 to 1.
    case parentBasedTraceIDRatio(Double)
}
