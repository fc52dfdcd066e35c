/// A job's input or output that can't be written or read.
public struct JobDataError: RedactedError, Sendable {
    /// Which value, and in which direction.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case inputNotEncodable, outputNotEncodable, inputNotDecodable, outputNotDecodable
            case blockerOutputNotDecodable, missingBlocker
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
        /// A word for logs.
        public var description: String { base.rawValue }
    }
    /// What went wrong.
    public let code: Code
    /// The name of the job's type.
    public let typeName: String
    /// The job, if it is stored already.
    public let jobID: JobID?
    /// What the encoder or decoder said, which may hold parts of the value.
    let underlying: String

    /// What to do about it.
    public var hint: String {
        switch code {
        case .inputNotEncodable, .outputNotEncodable: "Make the value one that JSON can hold; nothing was written."
        case .missingBlocker: "The type's `Blockers` changed while jobs were waiting. Bring the old declaration back."
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
