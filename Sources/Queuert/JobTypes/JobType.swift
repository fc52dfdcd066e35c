/// A type of job: it names the job and says what goes in, what the chain yields, and what may follow.
///
/// A job type is a caseless enum:
///
/// ```swift
/// enum ResizeImage: EntryJobType {
///     static let name = "resize-image"
///     struct Input: Codable, Sendable { var path: String }
///     typealias Output = String
///     struct Next: Continuations { let upload = To<UploadImage>() }
/// }
/// ```
public protocol JobType: Sendable {
    /// What the job is started with.
    associatedtype Input: Codable & Sendable
    /// What the whole chain yields, whichever of its jobs ends it.
    associatedtype Output: Codable & Sendable
    /// The continuations that the job may choose from.
    associatedtype Next: Continuations = NoContinuations
    /// Whether the job may end its chain.
    associatedtype Ending: JobEnding = MayEnd
    /// The chains that must end before the job starts.
    associatedtype Blockers: BlockerList = NoBlockers
    /// The name under which jobs of the type are stored: it may not change while any are.
    ///
    /// Up to 200 bytes, and not beginning with `queuert.`.
    static var name: String { get }
    /// Refuses inputs that are well formed, but make no sense; by default none.
    ///
    /// Asked before an input is stored, and again before a handler is given one that was.
    ///
    /// - Parameter input: The input.
    /// - Throws: Any error to refuse it. Who wants to store it gets a ``JobDataError`` and nothing is written; a stored job
    ///   is kept, and tried again as after any failure.
    static func validate(input: Input) throws
    /// Refuses outputs that are well formed, but make no sense; by default none.
    ///
    /// Asked of the type that ends a chain before its output is stored, and of the type that the chain started with
    /// whenever it is read.
    ///
    /// - Parameter output: The output.
    /// - Throws: Any error to refuse it. The handler that wants to end its chain with it has failed, with a
    ///   ``JobDataError``; so has one that waited for the chain.
    static func validate(output: Output) throws
}

extension JobType {
    /// Accepts every input.
    ///
    /// - Parameter input: The input.
    public static func validate(input: Input) {}
    /// Accepts every output.
    ///
    /// - Parameter output: The output.
    public static func validate(output: Output) {}
}

/// A job type that a chain can start with.
public protocol EntryJobType: JobType {}

/// Whether a job may end its chain: ``MayEnd`` or ``NeverEnds``.
public protocol JobEnding: Sendable {}
/// The job may end its chain.
public enum MayEnd: JobEnding {}
/// The job always continues.
public enum NeverEnds: JobEnding {}

/// The continuations that a job type declares, each a stored property of the type ``To``.
///
/// They may be grouped: a stored property of another type that conforms to this is a group, and `\.mails.welcome` names
/// one of its continuations.
public protocol Continuations: Sendable {
    /// Makes the declaration, so that it can be listed.
    init()
}
/// No continuations: the job ends its chain.
public struct NoContinuations: Continuations {
    /// Makes the empty declaration.
    public init() {}
}

/// One declared continuation.
public struct To<Target: JobType>: Sendable {
    /// Declares that a job may continue with another.
    ///
    /// - Parameter target: The type of the other job.
    public init(_ target: Target.Type = Target.self) {}
}
