public import Queuert

extension QueueInstrumentation {
    /// How the first span of a new segment is sampled.
    public enum SegmentSampling: Sendable, Hashable {
        /// As the span that it links to: all segments of a chain are recorded, or none.
        case followLink
        /// As the tracer's sampler decides about a new trace.
        ///
        /// It is given the random number of the chain's first trace, so that a ``ProbabilitySampler`` decides about all
        /// segments alike as long as its ratio stays the same.
        case independent
    }

    /// Where the errors are told that attempts fail with, and that starts and completions are refused with.
    ///
    /// The conventions move them from spans to log records.
    public enum ExceptionSignal: Sendable, Hashable {
        /// As an event `exception` on the span of what has failed.
        case spans
        /// As a log record, of an attempt the event `messaging.process.exception`; on the span where there are no log records.
        ///
        /// A result that could not be written is told as `messaging.settle.exception`, too, and so is what a completion
        /// without a worker is refused with. What starting chains is refused with is `messaging.send.exception`.
        case logs
        /// As both.
        case both
    }

    /// What is told, and how.
    public struct Configuration: Sendable {
        /// When a chain's jobs leave the trace that the chain began in, where neither its type nor the call says so; by
        /// default as the environment says, and `TraceMode.bounded` if it doesn't.
        public var mode: TraceMode?
        /// Whether the text of all errors is put on spans.
        ///
        /// It may hold the user's data, so by default only the errors' types are, and the text of those that are
        /// `RedactedError`s.
        public var recordsErrorMessages: Bool
        /// From which time on a wait for a worker is a span of its own.
        public var waitThreshold: Duration
        /// How the first span of a new segment is sampled.
        public var segmentSampling: SegmentSampling
        /// Whether a retry after a failure of a job that isn't sampled begins a segment that is.
        ///
        /// With a sampler that records few traces, what fails is then seen nevertheless, from its second attempt on.
        public var errorBias: Bool
        /// The names of baggage that is stored with a chain and is there again while its handlers run; by default those that
        /// the environment names, and none if it doesn't.
        ///
        /// Baggage comes from whoever calls the service and lies in the database as long as the chain does.
        public var baggageKeys: Set<String>
        /// Where errors are told; by default as the environment says, and on spans if it doesn't.
        public var exceptionSignal: ExceptionSignal?
        /// Whether a chain belongs to the trace of whoever starts it, and takes the baggage along; by default as the
        /// environment says, and yes if it doesn't.
        ///
        /// Without, each chain begins a trace of its own.
        public var capturesCaller: Bool?
        /// How long the database may take to say how many jobs there are, when metrics are collected.
        public var databasePatience: Duration
        /// Whether the spans of jobs say how many bytes their inputs have, as `messaging.message.body.size`.
        public var recordsBodySizes: Bool
        private var modes: [String: TraceMode] = [:]

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - mode: When a chain's jobs leave the trace that the chain began in; by default as the environment says, or
        ///     `TraceMode.bounded`.
        ///   - recordsErrorMessages: Whether the text of all errors is put on spans; no by default.
        ///   - waitThreshold: From which time on a wait for a worker is a span of its own; 100 ms by default.
        ///   - segmentSampling: How the first span of a new segment is sampled; as the one that it links to by default.
        ///   - errorBias: Whether a retry of a job that isn't sampled is; no by default.
        ///   - baggageKeys: The names of baggage that is stored with a chain; by default those that the environment
        ///     names, or none.
        ///   - exceptionSignal: Where errors are told; by default as the environment says.
        ///   - capturesCaller: Whether a chain belongs to the trace of whoever starts it; by default as the environment says,
        ///     or yes.
        ///   - databasePatience: How long the database may take to say how many jobs there are; 5 seconds by default.
        ///   - recordsBodySizes: Whether the spans of jobs say how many bytes their inputs have; no by default.
        public init(
            mode: TraceMode? = nil, recordsErrorMessages: Bool = false,
            waitThreshold: Duration = .milliseconds(100), segmentSampling: SegmentSampling = .followLink,
            errorBias: Bool = false, baggageKeys: Set<String> = [], exceptionSignal: ExceptionSignal? = nil,
            capturesCaller: Bool? = nil, databasePatience: Duration = .seconds(5), recordsBodySizes: Bool = false
        ) {
            self.mode = mode
            self.recordsErrorMessages = recordsErrorMessages
            self.waitThreshold = waitThreshold
            self.segmentSampling = segmentSampling
            self.errorBias = errorBias
            self.baggageKeys = baggageKeys
            self.exceptionSignal = exceptionSignal
            self.capturesCaller = capturesCaller
            self.databasePatience = databasePatience
            self.recordsBodySizes = recordsBodySizes
        }

        /// Says when jobs of some types leave the trace that they began in.
        ///
        /// The mode of a type decides about its own jobs. A call that gives a mode decides about all jobs of its chain.
        ///
        /// - Parameters:
        ///   - mode: When they leave it.
        ///   - types: The types.
        public mutating func setMode(_ mode: TraceMode, for types: any JobType.Type...) {
            for type in types { modes[type.name] = mode }
        }

        /// The mode of a type.
        func mode(ofType name: String) -> TraceMode {
            (modes.isEmpty ? nil : modes[name]) ?? mode ?? TraceMode.bounded
        }
    }
}
