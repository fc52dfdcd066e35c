internal import FoundationEssentials
import QueuertOTel

/// Writes recorded spans to a file that a collector can read.
struct FailureFile {
    /// The variable that names the folder; if it is empty, nothing is written.
    static let variable = "FAILED_TRACES"
    /// The environment's variables; tests have their own.
    @TaskLocal static var environment = ProcessInfo.processInfo.environment

    /// Where the file is, or why there is none.
    enum Outcome: Equatable {
        case written(String)
        case failed(String)
    }

    /// Writes the spans of a test that failed.
    ///
    /// - Parameters:
    ///   - forest: The spans.
    ///   - place: Where the expectation is, from which the file gets its name.
    ///   - environment: The environment's variables.
    /// - Returns: Where they are; `nil` if there is nothing to write, or nothing is to be written.
    static func write(
        _ forest: TraceForest, _ place: SourcePlace, environment: [String: String] = environment
    ) -> Outcome? {
        let setting = environment[variable]
        guard !forest.spans.isEmpty, setting != "" else { return nil }
        let folder =
            setting.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "queuert-traces")
        let name = "\(place.file)".split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? "traces"
        let suffix = UUID().uuidString.prefix(8).lowercased()
        let path = folder.appending(path: "\(name)-\(place.line)-\(suffix).jsonl").path
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (service, spans) in forest.spansByService() {
                let resource = Resource(attributes: [Attribute("service.name", .string(service ?? "test"))])
                let exporter = try OTLPFileExporter(path: path, resource: resource)
                if case .unavailable(let reason, _) = exporter.export(spans, timeout: .zero) { return .failed(reason) }
            }
            return .written(path)
        } catch {
            return .failed("\(error)")
        }
    }
}

extension TraceForest {
    /// The spans by the services that made them, in the order in which services first appear.
    func spansByService() -> [(service: String?, spans: [SpanData])] {
        var result: [(service: String?, spans: [SpanData])] = []
        for span in spans {
            let service = service(of: span.context)
            if let index = result.firstIndex(where: { $0.service == service }) {
                result[index].spans.append(span)
            } else {
                result.append((service, [span]))
            }
        }
        return result
    }
}
