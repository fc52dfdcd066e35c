/// A file that telemetry can't be written to.
public struct OTLPFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: String, Hashable, Sendable {
        /// The file can't be opened.
        case notOpened
        /// The file can't be written.
        case notWritten
    }

    /// The kind of failure.
    public let code: Code
    /// The system's words, without the path.
    public let reason: String

    /// What was wrong, and what to do.
    public var description: String {
        switch code {
        case .notOpened:
            "The file for telemetry can't be opened: \(reason). Is the folder there, and may the process write in it?"
        case .notWritten: "The file for telemetry can't be written: \(reason). Is the disk full?"
        }
    }
}
