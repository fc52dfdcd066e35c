extension MeterProvider {
    /// Has what a processor of spans does told as metrics, `otel.sdk.*`: its queue, what was exported and what was lost.
    ///
    /// `Telemetry` does so by itself if it is asked to. The processor isn't kept alive by this.
    ///
    /// - Parameter processor: The processor. Observe one only: the metrics don't tell two apart.
    public func observe(_ processor: BatchSpanProcessor) { SelfMetrics(meters: self).observe(processor) }

    /// Has the spans that a tracer begins from now on told as a metric, `otel.sdk.span.started`.
    ///
    /// The tracer isn't kept alive by this.
    ///
    /// - Parameter tracer: The tracer. Observe one only: the metric doesn't tell two apart.
    public func observe(_ tracer: SpanTracer) { SelfMetrics(meters: self).observe(tracer) }

    /// Has what a processor of log records does told as metrics, `otel.sdk.*`.
    ///
    /// The processor isn't kept alive by this.
    ///
    /// - Parameter processor: The processor. Observe one only: the metrics don't tell two apart.
    public func observe(_ processor: BatchLogRecordProcessor) { SelfMetrics(meters: self).observe(processor) }
}
