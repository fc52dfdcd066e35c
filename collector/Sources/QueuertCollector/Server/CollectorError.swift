/// A collector that can't start.
package struct CollectorError: Error, Sendable, CustomStringConvertible {
    /// Why it can't start.
    package enum Code: String, Sendable {
        /// Another program listens on the port.
        case portInUse
        /// This user may not listen on the port.
        case portForbidden
        /// The address isn't one of this machine's.
        case addressUnavailable
        /// Others can reach the address, and there is no token that they must know.
        case tokenMissing
        /// A file can't be imported.
        case importFailed
    }

    /// Why it can't start.
    package let code: Code
    /// A sentence that says what is wrong.
    package let message: String
    /// A sentence that says what to do.
    package let hint: String

    /// The message and the hint.
    package var description: String { "\(message). \(hint)" }
}
