import HTTPTypes
import Hummingbird

extension Request {
    /// What the client calls what it asks for, so that it gets it once, however often it asks; `nil` if it doesn't say.
    var idempotencyKey: String? { HTTPField.Name("Idempotency-Key").flatMap { headers[$0] } }
}
