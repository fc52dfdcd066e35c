import ArgumentParser
import Foundation
import Logging
import QueuertSQLite
import TextIndex

/// The command `indexer`.
@main
struct IndexerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indexer",
        abstract: "Indexes the text files of a folder by jobs, and prints the most frequent terms.",
        discussion: """
            Stopped or killed at any moment, it goes on when it is started again on the same database. Where its traces \
            go is said by the variables of OpenTelemetry, such as OTEL_EXPORTER_OTLP_ENDPOINT.
            """)

    @Argument(help: "The folder.")
    var folder: String

    @Option(help: "The database's file, which is made if it isn't there.")
    var database = "index.sqlite"

    @Option(help: "How many text files to index at most.")
    var limit = 300

    @Option(name: .customLong("fail-file"), help: "A file, as a path inside the folder, whose work fails twice first.")
    var failingFiles: [String] = []

    @Flag(name: .customLong("fail-first"), help: "Let the work on the first file fail twice first.")
    var failsFirstFile = false

    @Option(help: "How many terms to print.")
    var top = 20

    @Option(help: "After how many seconds the jobs of a killed process are taken over.")
    var lease = 5.0

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit has to be 1 or more.") }
        guard (0...Index.reportLength).contains(top) else {
            throw ValidationError("--top has to be between 0 and \(Index.reportLength).")
        }
        guard (0.1...3600).contains(lease) else { throw ValidationError("--lease has to be between 0.1 and 3600.") }
    }

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .warning
            return handler
        }
        do {
            let input = ScanFolder.Input(
                folder: try Self.readableFolder(folder), fileLimit: limit, failingFiles: failingFiles,
                failsFirstFile: failsFirstFile)
            let session = IndexSession(database: database, leaseDuration: .seconds(lease))
            switch try await session.run(input) {
            case .finished(let result): Console.print(result, top: top)
            case .interrupted:
                Console.complain("stopped. Run the same command again to go on.")
                throw ExitCode(130)
            }
        } catch let error as FolderError {
            Console.complain(error.description)
            throw ExitCode.failure
        } catch let error as OtherFolderError {
            Console.complain(error.description)
            throw ExitCode.failure
        } catch let error as SQLiteError {
            Console.complain("the database \(database) can't be used: \(error.reason). \(error.hint)")
            throw ExitCode.failure
        }
    }

    /// The absolute path of a folder that can be read.
    private static func readableFolder(_ path: String) throws -> String {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
        do {
            guard try FileStatus(path: absolute).kind == .folder else {
                throw FolderError(folder: path, reason: "it is not a folder")
            }
            _ = try FolderScan(of: absolute, fileLimit: 1)
        } catch let error as FileAccessError {
            throw FolderError(folder: path, reason: error.reason)
        }
        return absolute
    }
}

/// A folder that can't be indexed.
struct FolderError: Error, CustomStringConvertible {
    /// The folder, as the user gave it.
    let folder: String
    /// What is the matter with it.
    let reason: String

    /// What was wrong and what to do.
    var description: String {
        "the folder \(folder) can't be read: \(reason). Name a folder that exists and that you may read."
    }
}
