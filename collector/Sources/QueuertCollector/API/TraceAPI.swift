import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The JSON API that the page uses.
struct TraceAPI: Sendable {
    private static let defaultPageSize = 50
    private static let largestPageSize = 500
    /// How many spans are told of at most where they aren't asked for by name.
    private static let mostSpans = 5_000

    let store: SpanStore
    let changes: ChangeBroadcaster

    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        router.get("health") { _, _ in
            // Reading from the database is what makes this more than a sign of life.
            await answer {
                _ = try await store.traces(limit: 1)
                return Data(#"{"status":"ok"}"#.utf8)
            }
        }
        router.get("api/traces") { request, _ in await list(request) }
        router.delete("api/traces") { _, _ in
            await answer {
                try await store.removeAll()
                changes.announce()
                return Data("{}".utf8)
            }
        }
        router.get("api/traces/:id") { _, context in
            await withTraceID(context.parameters.get("id")) { try await store.trace($0).map(Self.document) }
        }
        router.get("api/traces/:id/linked") { _, context in
            await withTraceID(context.parameters.get("id")) { try await store.linkedTraces($0).map(Self.document) }
        }
        addChainRoutes(to: router)
        router.get("api/types") { _, _ in await answer { try await Self.encode(store.operations()) } }
        router.get("api/spans") { request, _ in
            await withLimit(request) { limit in
                let (documents, isTruncated) = try await store.latestDocuments(limit: min(limit, Self.mostSpans))
                var data = Data(#"{"truncated":\#(isTruncated),"spans":["#.utf8)
                data += Data(documents.joined(separator: ",").utf8)
                data += Data("]}".utf8)
                return data
            }
        }
        router.get("api/events") { request, _ in EventStream(changes: changes).response(to: request) }
    }

    private func addChainRoutes(to router: Router<some RequestContext>) {
        router.get("api/chains") { request, _ in
            await withLimit(request) { limit in
                let chains = try await store.chains(limit: min(limit, Self.largestPageSize))
                return try Self.encode(["chains": chains])
            }
        }
        router.get("api/chains/:id") { _, context in
            await withChainID(context) { try await store.chain($0).map(Self.document) }
        }
        router.get("api/chains/:id/graph") { _, context in
            await withChainID(context) { try await store.chainGraph($0).map { try Self.encode($0) } }
        }
    }

    private func withChainID(_ context: some RequestContext, _ body: (String) async throws -> Data?) async -> Response {
        let chainID = context.parameters.get("id")?.removingPercentEncoding ?? ""
        return await answer(missing: "no span of this chain is stored") { try await body(chainID) }
    }

    private func withLimit(_ request: Request, _ body: (Int) async throws -> Data?) async -> Response {
        let text = APIParameters(request).text("limit")
        guard let limit = text.map(Int.init) ?? Self.defaultPageSize, limit > 0 else {
            return APIError(
                "limit isn't a positive number", hint: "Leave it out, or give a number up to \(Self.largestPageSize)."
            ).response
        }
        return await answer { try await body(limit) }
    }

    private func list(_ request: Request) async -> Response {
        let parameters = APIParameters(request)
        var cursor: TraceCursor?
        if let text = parameters.text("before") {
            cursor = TraceCursor(text)
            guard cursor != nil else {
                return APIError("before isn't a cursor", hint: "Give the `next` of an earlier page.").response
            }
        }
        let search: TraceSearch
        do {
            search = try TraceSearch(parameters.text("q") ?? "")
        } catch {
            return APIError(error.message, hint: error.hint).response
        }
        return await withLimit(request) { limit in
            try await Self.encode(
                store.traces(limit: min(limit, Self.largestPageSize), before: cursor, matching: search))
        }
    }

    private func withTraceID(_ text: String?, _ body: (String) async throws -> Data?) async -> Response {
        guard let traceID = HexadecimalID.normalized(text ?? "", length: HexadecimalID.traceLength) else {
            return APIError("that isn't a trace id", hint: "A trace id is 32 hexadecimal digits.").response
        }
        return await answer(missing: "no span of this trace is stored") { try await body(traceID) }
    }

    private func answer(missing: String = "nothing is stored", _ body: () async throws -> Data?) async -> Response {
        do {
            guard let data = try await body() else {
                return APIError(
                    missing, hint: "It may not have arrived yet, or may have been deleted.", status: .notFound
                ).response
            }
            return .init(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(bytes: data)))
        } catch let error as TraceSearchError {
            return APIError(error.message, hint: error.hint).response
        } catch let error as StoreError {
            return APIError(error.message, hint: error.hint, status: .serviceUnavailable).response
        } catch {
            return APIError("\(error)", hint: "This is a mistake in the collector.", status: .internalServerError)
                .response
        }
    }
}

extension TraceAPI {
    // Spans are stored in the form that the API has, so they are joined, not decoded and encoded again.

    fileprivate static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    fileprivate static func document(_ trace: StoredTrace) throws -> Data {
        var data = Data(#"{"trace":"#.utf8)
        data += try encode(trace.summary)
        data += Data(#","conflictingSpanIds":"#.utf8)
        data += try encode(trace.conflictingSpanIDs)
        data += Data(#","truncated":\#(trace.isTruncated),"spans":["#.utf8)
        data += Data(trace.documents.joined(separator: ",").utf8)
        data += Data("]}".utf8)
        return data
    }

    fileprivate static func document(_ linked: LinkedTraces) throws -> Data {
        var data = Data(#"{"truncated":\#(linked.isTruncated),"traces":["#.utf8)
        for (index, trace) in linked.traces.enumerated() {
            if index > 0 { data += Data(",".utf8) }
            data += try document(trace)
        }
        data += Data("]}".utf8)
        return data
    }

    fileprivate static func document(_ chain: StoredChain) throws -> Data {
        var data = Data(#"{"truncated":\#(chain.isTruncated),"traceIds":"#.utf8)
        data += try encode(chain.traceIDs)
        data += Data(#","spans":["#.utf8)
        data += Data(chain.documents.joined(separator: ",").utf8)
        data += Data("]}".utf8)
        return data
    }
}
