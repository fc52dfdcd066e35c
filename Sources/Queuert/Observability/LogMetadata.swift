internal import Logging

extension JobRow {
    /// Which job a log record is about: names and identifiers, never what the job holds.
    var logMetadata: Logger.Metadata {
        [
            "queuert.job.id": "\(id)", "queuert.job.type": "\(typeName)", "queuert.chain.id": "\(chainID)",
            "queuert.job.attempt": "\(attempt)",
        ]
    }
}

/// What a log record tells of an error: its type, and its text only where that is known to hold no data.
func logMetadata(of error: any Error) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["error.type": "\(errorTypeName(error))"]
    if let error = error as? any RedactedError { metadata["error.message"] = "\(error.description)" }
    return metadata
}

/// An error whose description holds nothing of the user's data, so that it may be logged and put on spans.
///
/// The description says what was wrong and what to do. What may hold data belongs into the debug description.
public protocol RedactedError: Error, CustomStringConvertible {}

/// The name of an error's type, for logs and spans: an error's text may hold the user's data.
///
/// - Parameter error: The error.
/// - Returns: The name, without its module.
public func errorTypeName(_ error: any Error) -> String { String(describing: type(of: error)) }
