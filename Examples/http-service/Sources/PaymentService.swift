import Foundation
import HTTPTypes
import Hummingbird

/// A payment service to try the example with: it declines what is expensive, and may be told to fail at first.
actor PaymentService {
    static let limit = 1_000_000

    private var failures: Int
    private let failure: HTTPResponse.Status
    private var receipts: [String: String] = [:]
    /// How many payments were made.
    var count: Int { receipts.count }

    /// Makes a payment service.
    ///
    /// - Parameters:
    ///   - failures: How many requests fail first.
    ///   - failure: What those are answered with.
    init(failingFirst failures: Int = 0, with failure: HTTPResponse.Status = .serviceUnavailable) {
        self.failures = failures
        self.failure = failure
    }

    nonisolated func add(to router: Router<BasicRequestContext>) {
        router.post("payments") { request, context in
            guard let key = request.idempotencyKey, !key.isEmpty else {
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
            throw RequestError("the bank is away", hint: "Try again later.", status: failure)
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
