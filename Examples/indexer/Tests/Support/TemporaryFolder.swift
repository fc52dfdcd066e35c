import Foundation

/// A folder of a test's own, removed at the end: `input` is what is indexed, and the database is beside it.
struct TemporaryFolder {
    let path: String
    var input: String { "\(path)/input" }
    var database: String { "\(path)/index.sqlite" }

    /// Writes a file of the input.
    func write(_ content: String, to name: String) throws { try write(Data(content.utf8), to: name) }

    /// Writes a file of the input.
    func write(_ content: Data, to name: String) throws {
        let url = URL(fileURLWithPath: "\(input)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: url)
    }

    /// Takes everybody's right to read a file or folder of the input.
    func forbid(_ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: "\(input)/\(name)")
    }
}

/// Runs a body with a folder of its own.
func withTemporaryFolder<R>(_ body: (TemporaryFolder) async throws -> R) async throws -> R {
    // The indexer says where links lead to, so that the path has to be free of them.
    let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    let folder = TemporaryFolder(path: "\(base)/indexer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(atPath: folder.input, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    return try await body(folder)
}
