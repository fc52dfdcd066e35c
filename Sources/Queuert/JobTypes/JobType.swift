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
    static var name: String { get }
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
