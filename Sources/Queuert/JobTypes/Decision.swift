/// What a job decides: end the chain, or go on with a declared continuation.
public struct Decision<Kind: JobType>: Sendable {
    enum Body: Sendable {
        case finish(encodeOutput: @Sendable (JobCodec, JobRow) throws -> String)
        case continueWith(Successor)
    }
    let body: Body

    /// Ends the chain.
    ///
    /// - Parameter output: What the chain yields.
    /// - Returns: The decision.
    public static func finish(_ output: Kind.Output) -> Self where Kind.Ending == MayEnd {
        Self(body: .finish { codec, row in try codec.encodeOutput(output, of: Kind.self, endedBy: row) })
    }

    /// Goes on with a job.
    ///
    /// - Parameters:
    ///   - target: The continuation, as `Next` declares it: `\.upload`.
    ///   - input: What the job is started with.
    ///   - schedule: When the job is due.
    ///   - priority: How urgent the job is; by default as urgent as the one that it continues.
    ///   - id: The identifier of the job; by default one is made.
    ///   - trace: When this job and those that follow it leave the trace that they began in; by default as the chain was
    ///     started, else as their types say.
    /// - Returns: The decision.
    public static func continueWith<Target: JobType>(
        _ target: KeyPath<Kind.Next, To<Target>>, input: Target.Input, schedule: Schedule = .now,
        priority: Priority? = nil, id: JobID? = nil, trace: TraceMode? = nil
    ) -> Self where Target.Output == Kind.Output, Target.Blockers == NoBlockers {
        let options = JobOptions(id: id, schedule: schedule, priority: priority, trace: trace)
        return Self(body: .continueWith(Successor(Target.self, input: input, blockers: (), options: options)))
    }

    /// Goes on with a job that waits for other chains.
    ///
    /// - Parameters:
    ///   - target: The continuation, as `Next` declares it: `\.upload`.
    ///   - input: What the job is started with.
    ///   - blockers: The chains that the job waits for.
    ///   - schedule: When the job is due, at the earliest.
    ///   - priority: How urgent the job is; by default as urgent as the one that it continues.
    ///   - id: The identifier of the job; by default one is made.
    ///   - trace: When this job and those that follow it leave the trace that they began in; by default as the chain was
    ///     started, else as their types say.
    /// - Returns: The decision.
    public static func continueWith<Target: JobType>(
        _ target: KeyPath<Kind.Next, To<Target>>, input: Target.Input, blockers: Target.Blockers.Chains,
        schedule: Schedule = .now, priority: Priority? = nil, id: JobID? = nil, trace: TraceMode? = nil
    ) -> Self where Target.Output == Kind.Output {
        let options = JobOptions(id: id, schedule: schedule, priority: priority, trace: trace)
        return Self(body: .continueWith(Successor(Target.self, input: input, blockers: blockers, options: options)))
    }
}

/// A job that is to be created, of a type that is no longer known.
package struct Successor: Sendable {
    /// `nil` if only its name is known.
    let type: (any JobType.Type)?
    let typeName: String
    let blockers: [BlockerReference]
    let options: JobOptions
    let encodeInput: @Sendable (JobCodec) throws -> String

    init<Kind: JobType>(_: Kind.Type, input: Kind.Input, blockers: Kind.Blockers.Chains, options: JobOptions) {
        type = Kind.self
        typeName = Kind.name
        self.blockers = Kind.Blockers.references(blockers)
        self.options = options
        encodeInput = { try $0.encodeInput(input, of: Kind.self) }
    }

    /// A job of a type that only its name is known of, which waits for nothing.
    init(typeName: String, options: JobOptions, encodeInput: @escaping @Sendable (JobCodec) throws -> String) {
        type = nil
        self.typeName = typeName
        blockers = []
        self.options = options
        self.encodeInput = encodeInput
    }
}

/// What may be said of a job besides its type, its input and what it waits for.
struct JobOptions: Sendable {
    var id: JobID?
    var schedule = Schedule.now
    /// `nil` for that of the job before it.
    var priority: Priority?
    var deduplication: Deduplication?
    /// `nil` for what holds without it.
    var trace: TraceMode?
}
