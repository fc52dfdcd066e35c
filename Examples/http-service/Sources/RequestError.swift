import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A request that can't be answered, and what to do about it.
struct RequestError: HTTPResponseError, CustomStringConvertible {
    private struct Body: Encodable {
        let error: String
        let hint: String
    }

    let status: HTTPResponse.Status
    let reason: String
    let hint: String

    init(_ reason: String, hint: String, status: HTTPResponse.Status = .badRequest) {
        self.status = status
        self.reason = reason
        self.hint = hint
    }

    /// Safe to record: holds nothing that the request held.
    var description: String { "\(reason). \(hint)" }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        var response = try JSONEncoder().encode(Body(error: reason, hint: hint), from: request, context: context)
        response.status = status
        return response
    }
}

extension Request {
    /// Reads the body as JSON.
    ///
    /// Hummingbird's own function would quote parts of the body in its errors, which go into spans.
    func json<Value: Decodable>(as type: Value.Type, limit: Int = 16_384) async throws -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RequestError("the body is too large", hint: "Send \(limit) bytes at most.", status: .contentTooLarge)
        }
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch DecodingError.keyNotFound(let key, _) {
            throw RequestError("\(key.stringValue) is missing", hint: "Send a JSON object that has it.")
        } catch DecodingError.typeMismatch(_, let place), DecodingError.valueNotFound(_, let place) {
            let name = place.codingPath.map(\.stringValue).joined(separator: ".")
            throw RequestError(
                "\(name.isEmpty ? "the body" : name) has the wrong type",
                hint: "Send product and customer as texts, and quantity as a whole number.")
        } catch is DecodingError {
            throw RequestError("the body is not JSON", hint: "Send a JSON object.")
        }
    }
}
