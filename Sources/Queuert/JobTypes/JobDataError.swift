/// A job's input or output that can't be written or read.
public struct JobDataError: RedactedError, Sendable {
    /// Which value, and what was wrong with it.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case inputNotEncodable, outputNotEncodable, inputNotDecodable, outputNotDecodable
            case blockerOutputNotDecodable, missingBlocker, unexpectedBlocker
            case inputInvalid, outputInvalid, blockerOutputInvalid
        }
        private let base: Base
        /// The input could not be encoded.
        public static let inputNotEncodable = Self(base: .inputNotEncodable)
        /// The output could not be encoded.
        public static let outputNotEncodable = Self(base: .outputNotEncodable)
        /// The stored input is no longer of the type's `Input`.
        public static let inputNotDecodable = Self(base: .inputNotDecodable)
        /// The stored output is no longer of the type's `Output`.
        public static let outputNotDecodable = Self(base: .outputNotDecodable)
        /// The stored output of a blocker is no longer of its type's `Output`.
        public static let blockerOutputNotDecodable = Self(base: .blockerOutputNotDecodable)
        /// The stored job has fewer blockers than its type declares.
        public static let missingBlocker = Self(base: .missingBlocker)
        /// The stored job has blockers of other types than its type declares, or more.
        public static let unexpectedBlocker = Self(base: .unexpectedBlocker)
        /// The type's ``JobType/validate(input:)`` refused the input.
        public static let inputInvalid = Self(base: .inputInvalid)
        /// The type's ``JobType/validate(output:)`` refused the output.
        public static let outputInvalid = Self(base: .outputInvalid)
        /// The ``JobType/validate(output:)`` of a blocker's type refused the blocker's output.
        public static let blockerOutputInvalid = Self(base: .blockerOutputInvalid)
        /// A word for logs.
        public var description: String { base.rawValue }
    }
    /// Whether a value was to be stored, or was stored already.
    public enum Direction: String, Sendable, Hashable {
        /// The value was to be stored; nothing was written.
        case writing
        /// The value was stored already, and still is.
        case reading
    }
    /// What went wrong.
    public let code: Code
    /// Whether the value was to be stored, or was stored already.
    public let direction: Direction
    /// The name of the job's type.
    public let typeName: String
    /// The job, if it is stored already.
    public let jobID: JobID?
    /// What the codec or the validation said, which may hold parts of the value.
    let underlying: String

    init(code: Code, direction: Direction, typeName: String, jobID: JobID?, underlying: String) {
        self.code = code
        self.direction = direction
        self.typeName = typeName
        self.jobID = jobID
        self.underlying = underlying
    }

    init(code: Code, direction: Direction, typeName: String, jobID: JobID?, underlying: any Error) {
        self.init(
            code: code, direction: direction, typeName: typeName, jobID: jobID,
            underlying: String(reflecting: underlying))
    }

    /// What to do about it.
    public var hint: String {
        switch (code, direction) {
        case (.missingBlocker, _), (.unexpectedBlocker, _):
            "The type's `Blockers` changed while jobs were waiting. Bring the old declaration back."
        case (.inputInvalid, .writing), (.outputInvalid, .writing):
            "The type's validation refused the value; nothing was written. The debug description says why."
        case (.inputInvalid, _), (.outputInvalid, _), (.blockerOutputInvalid, _):
            "The type's validation refuses a stored value. Let it accept what was stored before; the job is kept and retried."
        case (_, .writing): "Make the value one that the codec can encode; nothing was written."
        default:
            "The type changed while values of the old shape were stored. Let it decode both; the job is kept and retried."
        }
    }
}

extension JobDataError: CustomDebugStringConvertible {
    /// Safe to show: holds nothing of the value.
    public var description: String {
        "JobDataError(\(code), type \(typeName)\(jobID.map { ", job \($0)" } ?? "")). \(hint)"
    }
    /// Everything, for developers.
    public var debugDescription: String { "\(description) [\(underlying)]" }
}
