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

    /// What opens a database once more, also if its path leads elsewhere by now, as in another working directory.
    ///
    /// - Parameters:
    ///   - path: What the database was opened by, which may be a URI.
    ///   - file: Where SQLite has found its file.
    /// - Returns: The file, with the parameters of the URI if it was one.
    static func reopening(_ path: String, file: String) -> String {
        let uri = path.prefix { $0 != "#" }
        guard uri.hasPrefix("file:"), let query = uri.firstIndex(of: "?") else { return file }
        let escapes: [Unicode.Scalar: String] = ["%": "%25", "?": "%3f", "#": "%23"]
        let escaped = file.unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
        return "file:\(escaped)\(uri[query...])"
    }
}
