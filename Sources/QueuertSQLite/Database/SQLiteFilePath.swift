#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Tells databases apart by where they are.
package enum SQLiteFilePath {
    /// What a database is known by: its file, however the path leads there, or, as long as it has none, whoever has it open.
    ///
    /// - Parameters:
    ///   - path: The path of the database.
    ///   - owner: Who has it open.
    /// - Returns: The path without symbolic links, or a name that no other has.
    package static func identity(_ path: String, of owner: AnyObject) -> String {
        guard let resolved = realpath(path, nil) else { return "\(ObjectIdentifier(owner))" }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
