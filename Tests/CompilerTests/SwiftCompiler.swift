import Foundation
import ProcessTestSupport
import Queuert
import Testing

/// The compiler of the toolchain that runs the tests.
enum SwiftCompiler {
    struct Result: Sendable {
        let status: Int32
        let output: String
    }

    /// Compilers take memory and processors: two at a time.
    private static let gate = FairGate(width: 2)

    /// The package's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Compiles text as a file of a program.
    static func compile(_ text: String) async throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("queuert-\(UUID().uuidString).swift")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await compile([file])
    }

    /// Compiles files against the modules that this test was built with, far enough for every error to be found.
    static func compile(_ files: [URL]) async throws -> Result {
        try await gate.enter()
        defer { gate.leave() }
        let modules = try modules().path
        var arguments = [
            "swiftc", "-swift-version", "6", "-warnings-as-errors", "-parse-as-library", "-wmo", "-emit-sil",
        ]
        arguments += ["-o", "/dev/null", "-I", modules]
        // What a package manager finds by itself: the C modules that ours are built on.
        arguments += ["-Xcc", "-fmodule-map-file=\(modules)/../COTLP.build/module.modulemap"]
        for library in ["CSQLite", "CCurl", "CProtobufC", "CLibPQ", "CZlib"] {
            arguments += ["-I", root.appendingPathComponent("Sources/\(library)").path]
        }
        // Where libpq.pc says that its headers are, on Debian and with Homebrew.
        for folder in ["/usr/include/postgresql", "/opt/homebrew/opt/libpq/include", "/usr/local/opt/libpq/include"]
        where FileManager.default.fileExists(atPath: folder) { arguments += ["-Xcc", "-I\(folder)"] }
        #if GRDB
        arguments += ["-I", "\(modules)/../../../checkouts/GRDB.swift/Sources/GRDBSQLite"]
        #endif
        let all = arguments + files.map(\.path)
        return try await withCheckedThrowingContinuation { continuation in
            // Waiting for a process blocks, which the threads that run tests may not.
            Thread.detachNewThread {
                continuation.resume(with: Swift.Result { try run(all) })
            }
        }
    }

    private static func run(_ arguments: [String]) throws -> Result {
        let output = try ProgramOutput()
        let process = try ChildProcess("/usr/bin/env", arguments, output: output.output, errors: output.output)
        output.closeWriting()
        // Read before waiting: a full pipe would stop the compiler.
        let text = output.rest()
        return Result(status: process.wait(), output: text)
    }

    /// The folder of the built modules, beside the test bundle.
    private static func modules() throws -> URL {
        let executable = try #require(CommandLine.arguments.first.map { URL(fileURLWithPath: $0) })
        let candidates = sequence(first: executable.resolvingSymlinksInPath()) { url in
            url.pathComponents.count > 1 ? url.deletingLastPathComponent() : nil
        }
        for folder in candidates {
            let modules = folder.appendingPathComponent("Modules")
            if FileManager.default.fileExists(atPath: modules.appendingPathComponent("Queuert.swiftmodule").path) {
                return modules
            }
        }
        return try #require(nil, "No built modules are near \(executable.path).")
    }
}
