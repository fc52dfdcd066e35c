public import Queuert

extension DistributedTracingInstrumentation {
    /// What is told, and how.
    public struct Configuration: Sendable {
        /// What of it both instrumentations have.
        var shared: QueueInstrumentation.Configuration

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - mode: When a chain's jobs leave the trace that the chain began in, where neither its type nor the call
        ///     says so; `TraceMode.bounded` by default.
        ///   - recordsErrorMessages: Whether the text of all errors is put on spans; no by default, for it may hold the
        ///     user's data.
        ///   - waitThreshold: From which time on a wait for a worker is a span of its own; 100 ms by default.
        ///   - baggageKeys: The names of baggage that is stored with a chain, if the tracer's propagator writes the header
        ///     `baggage`; none by default.
        ///   - exceptionSignal: Where errors are told; on spans by default.
        ///   - databasePatience: How long the database may take to say how many jobs there are, when metrics are collected;
        ///     5 seconds by default.
        ///   - recordsBodySizes: Whether the spans of jobs say how many bytes their inputs have; no by default.
        public init(
            mode: TraceMode? = nil, recordsErrorMessages: Bool = false,
            waitThreshold: Duration = .milliseconds(100), baggageKeys: Set<String> = [],
            exceptionSignal: QueueInstrumentation.ExceptionSignal? = nil, databasePatience: Duration = .seconds(5),
            recordsBodySizes: Bool = false
        ) {
            shared = QueueInstrumentation.Configuration(
                mode: mode, recordsErrorMessages: recordsErrorMessages, waitThreshold: waitThreshold,
                baggageKeys: baggageKeys, exceptionSignal: exceptionSignal, databasePatience: databasePatience,
                recordsBodySizes: recordsBodySizes)
        }

        /// Says when jobs of some types leave the trace that they began in.
        ///
        /// The mode of a type decides about its own jobs. A call that gives a mode decides about all jobs of its chain.
        ///
        /// - Parameters:
        ///   - mode: When they leave it.
        ///   - types: The types.
        public mutating func setMode(_ mode: TraceMode, for types: any JobType.Type...) {
            for type in types { shared.setMode(mode, for: type) }
        }
    }
}
