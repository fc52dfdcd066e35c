import Foundation

/// What an import brought.
package struct ImportResult: Sendable {
    /// How many requests were read.
    package var requests = 0
    /// How many spans, points and log records were stored, those that were there already among them.
    package var accepted: [Signal: Int] = [:]
    /// How many were refused.
    package var rejected = 0
}

/// A file or body that can't be imported.
package struct ImportError: Error, Sendable, CustomStringConvertible {
    /// A sentence that says what is wrong.
    package let message: String
    /// A sentence that says what to do.
    package let hint: String
    /// What was imported before.
    package let result: ImportResult

    /// The message and the hint.
    package var description: String { "\(message). \(hint)" }
}

/// Reads OTLP's JSON form for files: requests of any signal, one after the other.
struct TelemetryImport: Sendable {
    let intake: TelemetryIntake

    /// Imports requests, one on each line or spread over lines.
    ///
    /// - Parameters:
    ///   - bytes: The requests.
    ///   - result: What was imported before.
    /// - Returns: What was imported in all.
    /// - Throws: `ImportError` if something isn't a request; what came before it stays. `StoreError` if it can't be stored.
    func run(_ bytes: [UInt8], after result: ImportResult = .init()) async throws -> ImportResult {
        var result = result
        var scanner = JSONScanner()
        while true {
            let request: [UInt8]?
            do { request = try Self.next(bytes, &scanner) } catch { throw failure("\(error.message)", result) }
            guard let request else { return result }
            try await add(request, to: &result)
        }
    }

    /// Imports a file.
    ///
    /// - Parameter path: The file; it may be larger than memory if there is a request on each line.
    /// - Returns: What was imported.
    /// - Throws: `ImportError` if it can't be read or holds something else; `StoreError` if it can't be stored.
    func run(file path: String) async throws -> ImportResult {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ImportError(
                message: "the file \(path) can't be read", hint: "Check that it exists and may be read.",
                result: .init())
        }
        defer { try? file.close() }
        var result = ImportResult()
        var rest: [UInt8] = []
        while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty {
            rest += chunk
            // A request that is spread over lines fits into memory, or it isn't one.
            guard rest.count > OTLPLimits.requestBytes, let end = rest.lastIndex(of: UInt8(ascii: "\n")) else {
                continue
            }
            result = try await run(Array(rest[...end]), after: result)
            rest.removeSubrange(...end)
        }
        return try await run(rest, after: result)
    }

    private static func next(
        _ bytes: [UInt8], _ scanner: inout JSONScanner
    ) throws(OTLPDecodingError) -> [UInt8]? {
        let span = bytes.span
        guard scanner.peek(span) != nil else { return nil }
        let start = scanner.position
        try scanner.skip(span)
        return Array(bytes[start..<scanner.position])
    }

    private func add(_ request: [UInt8], to result: inout ImportResult) async throws {
        result.requests += 1
        var isKnown = false
        for signal in Signal.allCases where Self.has(signal, request) {
            isKnown = true
            let batch: ReceivedBatch
            do {
                batch = try ReceivedBatch(OTLPJSON.protobuf(of: request, signal), signal)
            } catch { throw failure(error.message, result) }
            try await intake.keep(batch)
            result.accepted[signal, default: 0] += batch.count
            result.rejected += batch.rejectedCount
        }
        guard isKnown else { throw failure("it holds no resourceSpans, resourceMetrics or resourceLogs", result) }
    }

    private static func has(_ signal: Signal, _ request: [UInt8]) -> Bool {
        request.firstRange(of: Array("\"\(signal.member)\"".utf8)) != nil
    }

    private func failure(_ message: String, _ result: ImportResult) -> ImportError {
        ImportError(
            message: "request \(result.requests) can't be imported: \(message)",
            hint: "Give OTLP's export requests in JSON, as the Collector's file exporter writes them.", result: result)
    }
}
