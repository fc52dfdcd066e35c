import ArgumentParser
import QueuertCollector

/// The options that say how much is kept, and where else it goes.
struct StorageOptions: ParsableArguments {
    @Option(help: "How large the database may become, such as 500MB; the oldest is removed then. (default: 2GiB)")
    var retentionSize: String?

    @Option(help: "How old anything may become, such as 12h or 7d, or never. (default: 7d)")
    var retentionAge: String?

    @Option(help: "Another collector that gets all that is received, such as http://localhost:4328.")
    var forwardTo: String?

    @Option(
        help: ArgumentHelp(
            "A header to forward with, such as 'Authorization: Bearer x'; can be repeated.", valueName: "header"))
    var forwardHeader: [String] = []

    @Option(help: "A folder where all that is received is written, as OTLP's JSON lines.")
    var writeTo: String?

    @Option(help: "How large a file there may become before the next is begun. (default: 100MiB)")
    var writeSize: String?

    @Option(help: ArgumentHelp("A file of OTLP's JSON lines to import first; can be repeated.", valueName: "file"))
    var fromFile: [String] = []

    /// Sets up a collector.
    ///
    /// - Parameter configuration: How the collector is set up.
    /// - Throws: `ValidationError` if an option makes no sense.
    func apply(to configuration: inout CollectorConfiguration) throws {
        configuration.retention.bytes = try size() ?? configuration.retention.bytes
        if let age = try age() { configuration.retention.age = age }
        configuration.forwarding = try forwarding()
        if let folder = writeTo ?? Settings.text("WRITE_TO") {
            var files = JSONLinesConfiguration(folder: folder)
            files.fileBytes = try Settings.value(writeSize, "WRITE_SIZE", "a size", Settings.size) ?? files.fileBytes
            configuration.files = files
        }
        configuration.importPaths = Settings.list(fromFile, "FROM_FILE")
    }

    private func size() throws -> Int? {
        let size = try Settings.value(retentionSize, "RETENTION_SIZE", "a size", Settings.size)
        guard let size else { return nil }
        guard size >= 16 << 20 else { throw ValidationError("--retention-size must be 16MiB or more.") }
        return size
    }

    private func age() throws -> Duration?? {
        guard let text = retentionAge ?? Settings.text("RETENTION_AGE") else { return nil }
        if text == "never" { return .some(nil) }
        guard let age = Settings.duration(text) else { throw ValidationError("'\(text)' isn't an age.") }
        return .some(age)
    }

    private func forwarding() throws -> ForwardingConfiguration? {
        guard var endpoint = forwardTo ?? Settings.text("FORWARD_TO") else { return nil }
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
            throw ValidationError("'\(endpoint)' isn't an address to forward to: begin it with http:// or https://.")
        }
        var headers: [String: String] = [:]
        for header in Settings.list(forwardHeader, "FORWARD_HEADER") {
            let parts = header.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, !header.contains(where: \.isNewline) else {
                throw ValidationError("A header to forward with isn't NAME: VALUE.")
            }
            headers[String(parts[0])] = parts[1].trimmingPrefix { $0 == " " }.description
        }
        return ForwardingConfiguration(endpoint: endpoint, headers: headers)
    }
}
