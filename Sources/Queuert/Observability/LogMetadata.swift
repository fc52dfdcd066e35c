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

/// The name of an error's type, for logs and spans: an error's text may hold the user's data.
///
/// - Parameter error: The error.
/// - Returns: The name, without its module.
public func errorTypeName(_ error: any Error) -> String { String(describing: type(of: error)) }
