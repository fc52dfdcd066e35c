internal import Foundation
internal import NIOCore

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

extension CollectorError {
    /// Says why an address can't be listened on; `nil` if that isn't known.
    ///
    /// - Parameters:
    ///   - error: What the system says.
    ///   - host: The address.
    ///   - port: The port.
    ///   - option: The option that chooses the port.
    init?(_ error: IOError, host: String, port: Int, option: String) {
        let address = "\(host):\(port)"
        switch error.errnoCode {
        case EADDRINUSE:
            self.init(
                code: .portInUse, message: "another program already listens on \(address)",
                hint: "Stop it, or choose another port with \(option), and tell the senders with "
                    + "OTEL_EXPORTER_OTLP_ENDPOINT=http://\(host):PORT.")
        case EACCES:
            self.init(
                code: .portForbidden, message: "this user may not listen on \(address)",
                hint: "Choose a port above 1023 with \(option).")
        case EADDRNOTAVAIL:
            self.init(
                code: .addressUnavailable, message: "\(host) isn't an address of this machine",
                hint: "Choose another with --host, or leave it out for 127.0.0.1.")
        default: return nil
        }
    }
}
