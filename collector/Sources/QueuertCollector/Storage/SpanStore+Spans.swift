import Foundation

extension SpanStore {
    /// Reads the spans of a trace.
    ///
    /// - Parameter traceID: The trace.
    /// - Returns: The spans of the trace; none if it isn't stored.
    /// - Throws: `StoreError` if the database can't be read.
    package func spans(ofTrace traceID: String) async throws -> [ReceivedSpan] {
        try Self.decode(try await trace(traceID)?.documents ?? [])
    }

    /// Reads all spans of the traces that hold a chain, those of other code in its handlers among them.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The spans of each trace; none if the chain isn't stored.
    /// - Throws: `StoreError` if the database can't be read.
    package func traces(ofChain chainID: String) async throws -> [[ReceivedSpan]] {
        var traces: [[ReceivedSpan]] = []
        for traceID in try await chain(chainID)?.traceIDs ?? [] { traces.append(try await spans(ofTrace: traceID)) }
        return traces
    }

    private static func decode(_ documents: [String]) throws -> [ReceivedSpan] {
        let decoder = JSONDecoder()
        return try documents.map { try decoder.decode(ReceivedSpan.self, from: Data($0.utf8)) }
    }
}
