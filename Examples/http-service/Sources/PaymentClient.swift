import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A payment that is asked for.
struct PaymentRequest: Codable, Sendable {
    /// In cents.
    var amount: Int
}
/// A payment that was made.
struct Payment: Codable, Sendable {
    var receipt: String
}

/// Asks the payment service, which belongs to somebody else.
struct PaymentClient: Sendable {
    /// What the payment service decided.
    enum Answer: Sendable, Equatable {
        case paid(receipt: String)
        case declined
        /// The request itself is wrong, and would be if it were sent again.
        case refused(status: Int)
    }

    /// The payment service has decided nothing; to be asked again.
    struct Unavailable: Error, CustomStringConvertible {
        var status: Int
        var description: String { "the payment service answered with status \(status)" }
    }

    let service: URL
    let http: TracedHTTPClient

    /// Charges an amount once for a key, however often it is called.
    func charge(_ amount: Int, key: String) async throws -> Answer {
        var request = URLRequest(url: service.appendingPathComponent("payments"))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue(key, forHTTPHeaderField: "Idempotency-Key")
        request.httpBody = try JSONEncoder().encode(PaymentRequest(amount: amount))
        let answer = try await http.send(request)
        switch answer.status {
        case 200..<300: return .paid(receipt: try JSONDecoder().decode(Payment.self, from: answer.body).receipt)
        case 402: return .declined
        // Too slow, too early, too often: later it may be otherwise, as with all that the service fails at itself.
        case 408, 425, 429: throw Unavailable(status: answer.status)
        case 300..<500: return .refused(status: answer.status)
        default: throw Unavailable(status: answer.status)
        }
    }
}
