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
    /// How much of a file is read before the requests in it are imported.
    var partBytes = OTLPLimits.requestBytes

    /// Imports requests, one on each line or spread over lines.
    ///
    /// - Parameter bytes: The requests.
    /// - Returns: What was imported.
    /// - Throws: `ImportError` if something isn't a request; what came before it stays. `StoreError` if it can't be stored.
    func run(_ bytes: [UInt8]) async throws -> ImportResult {
        var result = ImportResult()
        _ = try await addRequests(in: bytes, after: 0, isLast: true, to: &result)
        return result
    }

    /// Imports a file.
    ///
    /// - Parameter path: The file; it may be larger than memory, which each of its requests fits into.
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
        var part: [UInt8] = []
        var before = 0
        var enough = partBytes
        while let chunk = try file.read(upToCount: min(partBytes, 1 << 20)), !chunk.isEmpty {
            part += chunk
            guard part.count > enough else { continue }
            let end = try await addRequests(in: part, after: before, isLast: false, to: &result)
            part.removeSubrange(..<end)
            before += end
            // A request that is larger than a part isn't looked at again for each little that is read of it.
            enough = max(partBytes, 2 * part.count)
        }
        _ = try await addRequests(in: part, after: before, isLast: true, to: &result)
        return result
    }

    /// Imports the requests in a part of a file.
    ///
    /// - Parameters:
    ///   - bytes: The part.
    ///   - before: How many bytes of the file came before it.
    ///   - isLast: Whether the file ends with it; if not, it may end in the middle of a request.
    ///   - result: What was imported.
    /// - Returns: Where the last request ended that is whole.
    /// - Throws: `ImportError` if something isn't a request; `StoreError` if it can't be stored.
    private func addRequests(
        in bytes: [UInt8], after before: Int, isLast: Bool, to result: inout ImportResult
    ) async throws -> Int {
        var end = 0
        while true {
            let place: Range<Int>?
            do {
                place = try Self.request(in: bytes, after: before, from: end, isLast: isLast)
            } catch { throw failure(error.message, result) }
            guard let request = place else { return end }
            try await add(Array(bytes[request]), to: &result)
            end = request.upperBound
        }
    }

    /// Where the next request is; `nil` if there is none, or only its beginning and more is to come.
    private static func request(
        in bytes: [UInt8], after before: Int, from position: Int, isLast: Bool
    ) throws(OTLPDecodingError) -> Range<Int>? {
        let span = bytes.span
        // One for each request, since it counts what a request may hold.
        var scanner = JSONScanner(at: position, after: before)
        guard scanner.peek(span) != nil else { return nil }
        let start = scanner.position
        do { try scanner.skip(span) } catch {
            guard !isLast, error.code == .malformed, scanner.position == bytes.count else { throw error }
            return nil
        }
        return start..<scanner.position
    }

    private func add(_ request: [UInt8], to result: inout ImportResult) async throws {
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
        result.requests += 1
    }

    private static func has(_ signal: Signal, _ request: [UInt8]) -> Bool {
        request.firstRange(of: Array("\"\(signal.member)\"".utf8)) != nil
    }

    private func failure(_ message: String, _ result: ImportResult) -> ImportError {
        ImportError(
            message: "request \(result.requests + 1) can't be imported: \(message)",
            hint: "Give OTLP's export requests in JSON, as the Collector's file exporter writes them.", result: result)
    }
}
