internal import FoundationEssentials
import QueuertOTel

/// A file of spans: OTLP in JSON, one request a line, as `OTLPFileExporter` and OpenTelemetry's collector write it.
///
/// Several processes may have written it, and services in other languages.
public struct TraceFile: TraceSource {
    private let paths: [String]
    private let conventions: TraceConventions

    /// Names files.
    ///
    /// - Parameters:
    ///   - paths: Where the files are: one for each process, say.
    ///   - conventions: What the spans follow.
    public init(_ paths: String..., conventions: TraceConventions = .queuert) {
        self.paths = paths
        self.conventions = conventions
    }

    /// Reads the files.
    ///
    /// A last line without its end is being written, and left out.
    ///
    /// - Returns: The spans, as trees.
    /// - Throws: ``TraceSourceError`` if a file isn't there, or isn't such a file.
    public func read() async throws -> TraceForest {
        var spans = ReadSpans()
        for path in paths {
            for (number, line) in try lines(path).enumerated() where !line.isEmpty {
                do {
                    try spans.add(JSONDecoder().decode(OTLPTracesDocument.self, from: line))
                } catch {
                    throw TraceSourceError(
                        code: .malformed, message: "Line \(number + 1) of \(path) isn't OTLP in JSON: \(error)",
                        hint: "Each line must be a request of OTLP, with resourceSpans.")
                }
            }
        }
        return spans.forest(conventions)
    }

    private func lines(_ path: String) throws -> [Data] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TraceSourceError(
                code: .missing, message: "There is no file \(path).", hint: "Has the process exported its spans?")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw TraceSourceError(
                code: .unreachable, message: "The file \(path) can't be read: \(error)",
                hint: "May this process read it?")
        }
        // What comes after the last end of a line is left out.
        return data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    }
}
