internal import Foundation

/// Where a terminal's commands read from: a collector that runs, or its file.
package enum TraceSource: Sendable {
    /// A collector that runs.
    case client(CollectorClient)
    /// A database's file.
    case store(SpanStore)

    private struct TraceDocument: Decodable { let spans: [ReceivedSpan] }
    private struct ChainDocument: Decodable { let traceIds: [String] }
    private struct ChainsDocument: Decodable { let chains: [ChainSummary] }

    /// Reads the spans of a trace.
    ///
    /// - Parameter traceID: The trace.
    /// - Returns: Its spans; none if it isn't stored.
    /// - Throws: `CollectorClientError` or `StoreError` if they can't be read.
    package func spans(ofTrace traceID: String) async throws -> [ReceivedSpan] {
        switch self {
        case .client(let client):
            try await client.get(TraceDocument.self, "/api/traces/\(Self.encoded(traceID))")?.spans ?? []
        case .store(let store): try await store.spans(ofTrace: traceID)
        }
    }

    /// Reads all spans of the traces that hold a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The spans of each trace; none if the chain isn't stored.
    /// - Throws: `CollectorClientError` or `StoreError` if they can't be read.
    package func traces(ofChain chainID: String) async throws -> [[ReceivedSpan]] {
        switch self {
        case .client(let client):
            let chain = try await client.get(ChainDocument.self, "/api/chains/\(Self.encoded(chainID))")
            var traces: [[ReceivedSpan]] = []
            for traceID in chain?.traceIds ?? [] { traces.append(try await spans(ofTrace: traceID)) }
            return traces
        case .store(let store): return try await store.traces(ofChain: chainID)
        }
    }

    /// Reads the newest traces.
    ///
    /// - Parameters:
    ///   - limit: How many.
    ///   - search: What they must have, as people type it.
    /// - Returns: The traces, newest first.
    /// - Throws: `CollectorClientError`, `StoreError` or `TraceSearchError`.
    package func newestTraces(limit: Int, search: String) async throws -> [TraceSummary] {
        switch self {
        case .client(let client):
            let query = search.isEmpty ? "" : "&q=\(Self.encoded(search))"
            return try await client.get(TracePage.self, "/api/traces?limit=\(limit)\(query)")?.traces ?? []
        case .store(let store): return try await store.traces(limit: limit, matching: TraceSearch(search)).traces
        }
    }

    /// Reads the chains that something was heard of last.
    ///
    /// - Parameter limit: How many.
    /// - Returns: The chains, the one that was heard of last first.
    /// - Throws: `CollectorClientError` or `StoreError`.
    package func latestChains(limit: Int) async throws -> [ChainSummary] {
        switch self {
        case .client(let client): try await client.get(ChainsDocument.self, "/api/chains?limit=\(limit)")?.chains ?? []
        case .store(let store): try await store.chains(limit: limit)
        }
    }

    /// Calls back now and after each change, until the task is cancelled or the collector stops.
    ///
    /// - Parameter onChange: What to do.
    /// - Throws: `CollectorClientError`, `StoreError`, or what `onChange` throws.
    package func follow(_ onChange: @Sendable @escaping () async throws -> Void) async throws {
        switch self {
        case .client(let client): try await client.follow(onChange)
        case .store:
            // The file tells nobody of changes, so it is looked at.
            while true {
                try await onChange()
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-", "_", "."])) ?? text
    }
}
