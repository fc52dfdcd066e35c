import Foundation
import Tracing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Sends HTTP requests, each as a client span whose context the other side is told.
struct TracedHTTPClient: Sendable {
    /// What came back.
    struct Answer: Sendable {
        var status: Int
        var body: Data
    }

    private let session: URLSession

    init(timeout: Duration = .seconds(10)) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeout / .seconds(1)
        session = URLSession(configuration: configuration)
    }

    /// Sends a request.
    ///
    /// An answer of any status is returned; one of 400 or more is an error of the span only.
    func send(_ request: URLRequest) async throws -> Answer {
        let method = request.httpMethod ?? "GET"
        return try await withSpan(method, ofKind: .client) { span in
            span.updateAttributes { attributes in
                attributes["http.request.method"] = method
                attributes["url.full"] = request.url?.absoluteString
                attributes["server.address"] = request.url?.host
                attributes["server.port"] = request.url?.port
            }
            var request = request
            InstrumentationSystem.instrument.inject(span.context, into: &request, using: HeaderInjector())
            let (body, response) = try await session.data(for: request)
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            span.attributes["http.response.status_code"] = status
            if status >= 400 {
                span.attributes["error.type"] = "\(status)"
                span.setStatus(.init(code: .error))
            }
            return Answer(status: status, body: body)
        }
    }

    /// Ends the connections that are kept open.
    func close() { session.finishTasksAndInvalidate() }
}

/// Writes `traceparent` and its kin into a request.
private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into request: inout URLRequest) {
        request.setValue(value, forHTTPHeaderField: key)
    }
}
