import Foundation
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Where received telemetry is written as JSON lines.
package struct JSONLinesConfiguration: Sendable {
    /// The folder, in which each signal has a file.
    package var folder: String
    /// How large a file may become, in bytes, before the next is begun.
    package var fileBytes: Int
    /// How many full files of each signal are kept.
    package var keptFiles: Int
    /// How many bytes of requests, decompressed and in protobuf, may wait to be written.
    package var queueBytes: Int

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - folder: The folder; it is made if there is none.
    ///   - fileBytes: How large a file may become; 100 MiB by default.
    ///   - keptFiles: How many full files of each signal are kept; 5 by default.
    ///   - queueBytes: How many bytes of requests may wait; 64 MiB by default.
    package init(folder: String, fileBytes: Int = 100 << 20, keptFiles: Int = 5, queueBytes: Int = 64 << 20) {
        self.folder = folder
        self.fileBytes = fileBytes
        self.keptFiles = keptFiles
        self.queueBytes = queueBytes
    }
}

/// Writes what was received into files, in the form that OTLP has for files: a request in JSON on each line, and a file for
/// each signal.
final class JSONLinesSink: RequestTee, Service {
    private let configuration: JSONLinesConfiguration
    private let statistics: CollectorStatistics
    private let logger: Logger
    private let queue: TeeQueue
    private let isTroubled = Mutex(false)

    init(_ configuration: JSONLinesConfiguration, _ statistics: CollectorStatistics, _ logger: Logger) {
        self.configuration = configuration
        self.statistics = statistics
        self.logger = logger
        queue = TeeQueue(limit: configuration.queueBytes)
    }

    func offer(_ request: TeedRequest) {
        // What is written is made of the protobuf.
        var request = request
        request.body = ByteBuffer()
        if !queue.offer(request) { drop(.queueFull) }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await queue.drain { write($0) }
        } onGracefulShutdown: { [queue] in
            queue.stop()
        }
    }

    private func write(_ request: TeedRequest) {
        do {
            let schema = OTLPSchema.shared
            var line = try OTLPJSON.json(of: request.protobuf, schema.request(request.signal))
            line.append(UInt8(ascii: "\n"))
            try append(line, request.signal)
            isTroubled.withLock { $0 = false }
            statistics.count { $0.written += 1 }
        } catch {
            drop(.writeFailed)
            let isNew = isTroubled.withLock { isTroubled in
                defer { isTroubled = true }
                return !isTroubled
            }
            if isNew {
                logger.error(
                    "telemetry could not be written to files",
                    metadata: ["folder": "\(configuration.folder)", "error": "\(error)"])
            }
        }
    }

    private func append(_ line: [UInt8], _ signal: Signal) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: configuration.folder, withIntermediateDirectories: true)
        let path = path(signal, 0)
        let size = (try? manager.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        if size > 0, size + line.count > configuration.fileBytes { try rotate(signal) }
        if !manager.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let end = try file.seekToEnd()
        do {
            try file.write(contentsOf: line)
        } catch {
            // Half a line would spoil the next one.
            try? file.truncate(atOffset: end)
            throw error
        }
    }

    private func rotate(_ signal: Signal) throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: path(signal, configuration.keptFiles))
        for number in stride(from: configuration.keptFiles - 1, through: 0, by: -1) {
            guard manager.fileExists(atPath: path(signal, number)) else { continue }
            if configuration.keptFiles == 0 {
                try manager.removeItem(atPath: path(signal, number))
            } else {
                try manager.moveItem(atPath: path(signal, number), toPath: path(signal, number + 1))
            }
        }
    }

    /// The file of a signal; the numbers grow with the age.
    private func path(_ signal: Signal, _ number: Int) -> String {
        "\(configuration.folder)/\(signal.rawValue)\(number == 0 ? "" : ".\(number)").jsonl"
    }

    private func drop(_ reason: CollectorStatistics.Drop.Reason) {
        statistics.count { $0.dropped[.init(destination: .files, reason: reason), default: 0] += 1 }
    }
}
