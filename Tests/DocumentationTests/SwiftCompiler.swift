import Foundation

/// Checks Swift code with the compiler, against the modules that this build made.
struct SwiftCompiler {
    /// What the compiler said.
    struct Verdict {
        var isAccepted: Bool
        var output: String
    }

    /// The package's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The folder of the built modules: beside the test bundle that runs.
    private static let modules: URL = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let beside = bundle.deletingLastPathComponent().appendingPathComponent("Modules")
        if FileManager.default.fileExists(atPath: beside.path) { return beside }
        return root.appendingPathComponent(".build/debug/Modules")
    }()

    /// Compiles a file without making anything, up to the checks of what is consumed.
    static func check(_ source: String) throws -> Verdict {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("queuert-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("main.swift")
        try Data(source.utf8).write(to: file)
        let output = folder.appendingPathComponent("output.txt")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swiftc", "-swift-version", "6", "-wmo", "-emit-sil", "-o", "/dev/null", "-parse-as-library",
            "-warnings-as-errors", "-I", modules.path, "-Xcc",
            "-fmodule-map-file=\(modules.path)/../COTLP.build/module.modulemap",
        ]
        for library in ["CSQLite", "CCurl", "CProtobufC", "CZlib"] {
            process.arguments?.append(contentsOf: ["-I", root.appendingPathComponent("Sources/\(library)").path])
        }
        process.arguments?.append(file.path)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return Verdict(
            isAccepted: process.terminationStatus == 0, output: try String(contentsOf: output, encoding: .utf8))
    }
}
