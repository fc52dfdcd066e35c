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
    /// - Returns: The decision.
    public static func continueWith<Target: JobType>(
        _ target: KeyPath<Kind.Next, To<Target>>, input: Target.Input, schedule: Schedule = .now
    ) -> Self where Target.Output == Kind.Output, Target.Blockers == NoBlockers {
        Self(body: .continueWith(Successor(Target.self, input: input, blockers: (), schedule: schedule)))
    }

    /// Goes on with a job that waits for other chains.
    ///
    /// - Parameters:
    ///   - target: The continuation, as `Next` declares it: `\.upload`.
    ///   - input: What the job is started with.
    ///   - blockers: The chains that the job waits for.
    ///   - schedule: When the job is due, at the earliest.
    /// - Returns: The decision.
    public static func continueWith<Target: JobType>(
        _ target: KeyPath<Kind.Next, To<Target>>, input: Target.Input, blockers: Target.Blockers.Chains,
        schedule: Schedule = .now
    ) -> Self where Target.Output == Kind.Output {
        Self(body: .continueWith(Successor(Target.self, input: input, blockers: blockers, schedule: schedule)))
    }
}

/// A job that is to be created, of a type that is no longer known.
struct Successor: Sendable {
    let type: any JobType.Type
    let typeName: String
    let blockers: [BlockerReference]
    let schedule: Schedule
    let encodeInput: @Sendable (JobCodec) throws -> String

    init<Kind: JobType>(_: Kind.Type, input: Kind.Input, blockers: Kind.Blockers.Chains, schedule: Schedule) {
        type = Kind.self
        typeName = Kind.name
        self.blockers = Kind.Blockers.references(blockers)
        self.schedule = schedule
        encodeInput = { try $0.encodeInput(input, of: Kind.self) }
    }
}
