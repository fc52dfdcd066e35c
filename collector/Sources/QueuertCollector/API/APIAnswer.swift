internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Response {
    /// An answer in JSON.
    ///
    /// - Parameter bytes: The JSON.
    /// - Returns: The answer.
    static func json(_ bytes: [UInt8]) -> Response {
        .init(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Answers with what a body makes, or with what was wrong.
    ///
    /// - Parameter body: Makes the answer; `nil` if there is nothing to answer with.
    /// - Returns: The answer.
    static func answering(_ body: () async throws -> Response?) async -> Response {
        do {
            if let response = try await body() { return response }
            return APIError(
                "nothing of it is stored", hint: "It may not have arrived yet, or may have been deleted.",
                status: .notFound
            ).response
        } catch let error as APIError {
            return error.response
        } catch let error as StoreError {
            return APIError(error.message, hint: error.hint, status: .serviceUnavailable).response
        } catch {
            return APIError("\(error)", hint: "This is a mistake in the collector.", status: .internalServerError)
                .response
        }
    }
}

/// The parameters of a request to the API.
struct APIParameters {
    private let request: Request

    init(_ request: Request) { self.request = request }

    /// The text of a parameter; `nil` if it is missing or empty.
    func text(_ name: String) -> String? {
        // Not from `queryParameters`, which are decoded: there a plus sign may be a space or one that was encoded.
        let parameters = (request.uri.query ?? "").split(separator: "&")
        guard let parameter = parameters.first(where: { $0.hasPrefix("\(name)=") }) else { return nil }
        let value = String(parameter.dropFirst(name.count + 1)).replacing("+", with: " ")
        let text = value.removingPercentEncoding ?? value
        return text.isEmpty ? nil : text
    }

    /// A whole number that isn't negative.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - largest: The number that is taken instead of larger ones.
    /// - Returns: The number; `nil` if the parameter is missing.
    /// - Throws: `APIError` if it isn't such a number.
    func number(_ name: String, upTo largest: Int64 = .max) throws(APIError) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw APIError("\(name) isn't a whole number", hint: "Leave it out, or give a number from 0.")
        }
        return min(number, largest)
    }

    /// How many items a page has at most.
    func limit(_ usual: Int64, upTo largest: Int64) throws(APIError) -> Int64 {
        let limit = try number("limit", upTo: largest) ?? usual
        guard limit > 0 else {
            throw APIError("limit isn't a positive number", hint: "Leave it out, or give a number up to \(largest).")
        }
        return limit
    }
}
