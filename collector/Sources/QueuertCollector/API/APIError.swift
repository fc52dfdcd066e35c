import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A request to the API that can't be answered.
struct APIError: Error {
    private struct Body: Encodable {
        let error: String
        let hint: String
    }

    let status: HTTPResponse.Status
    let message: String
    let hint: String

    init(_ message: String, hint: String, status: HTTPResponse.Status = .badRequest) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    /// The answer that says so.
    var response: Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Two texts can always be written as JSON.
        let body = (try? encoder.encode(Body(error: message, hint: hint))) ?? Data()
        return .init(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// The answer to a method that a path doesn't have.
    ///
    /// - Parameter methods: Those that it has.
    /// - Returns: The answer.
    static func methodNotAllowed(_ methods: [HTTPRequest.Method]) -> Response {
        let list = methods.map(\.rawValue).joined(separator: ", ")
        let error = APIError("the path doesn't have this method", hint: "It has \(list).", status: .methodNotAllowed)
        var response = error.response
        response.headers[.allow] = list
        return response
    }
}
