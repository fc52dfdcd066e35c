import Foundation
import HTTPTypes
import Hummingbird

/// A payment service to try the example with: it declines what is expensive, and may be told to be unavailable at first.
actor PaymentService {
    static let limit = 1_000_000

    private var failures: Int
    private var receipts: [String: String] = [:]
    /// How many payments were made.
    var count: Int { receipts.count }

    /// Makes a payment service.
    ///
    /// - Parameter failures: How many requests it answers with 503 first.
    init(failingFirst failures: Int = 0) { self.failures = failures }

    nonisolated func add(to router: Router<BasicRequestContext>) {
        router.post("payments") { request, context in
            guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name], !key.isEmpty else {
                throw RequestError("the header Idempotency-Key is missing", hint: "Send one for each payment.")
            }
            let amount = try await request.json(as: PaymentRequest.self).amount
            let payment = try await self.pay(amount, key: key)
            return try context.responseEncoder.encode(payment, from: request, context: context)
        }
    }

    private func pay(_ amount: Int, key: String) throws(RequestError) -> Payment {
        if failures > 0 {
            failures -= 1
            throw RequestError("the bank is away", hint: "Try again later.", status: .serviceUnavailable)
        }
        if amount > Self.limit {
            throw RequestError(
                "the card is declined", hint: "Buy less.", status: .init(code: 402, reasonPhrase: "Payment Required"))
        }
        if let receipt = receipts[key] { return Payment(receipt: receipt) }
        let receipt = "receipt \(receipts.count + 1)"
        receipts[key] = receipt
        return Payment(receipt: receipt)
    }
}
