internal import FoundationEssentials
public import QueuertOTel

/// Spans that a running collector of ours has: of a trace, of all that links connect with it, or of a chain.
///
/// Processes export to the collector, and the test asks it:
///
/// ```swift
/// try await CollectedTraces.chain(chainID, at: "http://localhost:4318").expect { … }
/// ```
public struct CollectedTraces: TraceSource {
    private let address: String
    private let path: String
    private let headers: [String: String]
    private let conventions: TraceConventions

    private init(_ address: String, _ path: String, _ headers: [String: String], _ conventions: TraceConventions) {
        self.address = address
        self.path = path
        self.headers = headers
        self.conventions = conventions
    }

    /// The spans of a trace.
    ///
    /// - Parameters:
    ///   - id: The trace.
    ///   - address: Where the collector is.
    ///   - headers: What else is sent to it, such as a token.
    ///   - conventions: What the spans follow.
    /// - Returns: The source.
    public static func trace(
        _ id: TraceID, at address: String = "http://localhost:4318", headers: [String: String] = [:],
        conventions: TraceConventions = .queuert
    ) -> CollectedTraces { CollectedTraces(address, "api/traces/\(id)", headers, conventions) }

    /// The spans of a trace, and of all that links connect with it, directly or through others.
    ///
    /// - Parameters:
    ///   - id: The trace.
    ///   - address: Where the collector is.
    ///   - headers: What else is sent to it, such as a token.
    ///   - conventions: What the spans follow.
    /// - Returns: The source.
    public static func linked(
        with id: TraceID, at address: String = "http://localhost:4318", headers: [String: String] = [:],
        conventions: TraceConventions = .queuert
    ) -> CollectedTraces { CollectedTraces(address, "api/traces/\(id)/linked", headers, conventions) }

    /// The spans of a chain, in whatever traces they are.
    ///
    /// - Parameters:
    ///   - id: The chain.
    ///   - address: Where the collector is.
    ///   - headers: What else is sent to it, such as a token.
    ///   - conventions: What the spans follow.
    /// - Returns: The source.
    public static func chain(
        _ id: String, at address: String = "http://localhost:4318", headers: [String: String] = [:],
        conventions: TraceConventions = .queuert
    ) -> CollectedTraces {
        CollectedTraces(address, "api/chains/\(percentEncoded(id))", headers, conventions)
    }

    /// Asks the collector.
    ///
    /// - Returns: The spans, as trees.
    /// - Throws: ``TraceSourceError`` if there is no answer, or no spans, or more than the collector tells at once.
    public func read() async throws -> TraceForest {
        let document: HTTPReader.Document
        do {
            document = try await HTTPReader.read(
                address, path: path, headers: headers.map { ($0.key, $0.value) }, timeout: .seconds(30))
        } catch let error as HTTPReadingError {
            throw TraceSourceError(
                code: .unreachable, message: "The collector can't be asked: \(error.reason)",
                hint: "Is it running, and its address right?")
        }
        switch document.status {
        case 200: break
        case 404:
            throw TraceSourceError(
                code: .missing, message: "The collector has no spans of that trace or chain.",
                hint: "They may not have arrived yet: has the process exported them?")
        default:
            throw TraceSourceError(
                code: .refused, message: "The collector answered with the status \(document.status).",
                hint: "Is it a queuert-collector, and does it want a token?")
        }
        do {
            let collected = try JSONDecoder().decode(CollectedDocument.self, from: Data(document.body))
            if collected.isTruncated {
                throw TraceSourceError(
                    code: .truncated, message: "There are more spans than the collector tells at once.",
                    hint: "Ask for a chain or a trace that has fewer.")
            }
            var spans = ReadSpans()
            try spans.add(collected)
            return spans.forest(conventions)
        } catch let error as TraceSourceError {
            throw error
        } catch {
            throw TraceSourceError(
                code: .malformed, message: "The collector's answer makes no sense: \(error)",
                hint: "Is it a queuert-collector?")
        }
    }

    /// Text as a part of a path.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
