import Glibc

/// Reads a file through the system's calls.
enum FileReader {
    /// Reads the beginning of a file; a named pipe is waited for.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: How many bytes at most.
    /// - Returns: The bytes; fewer than the limit if the file ends there.
    /// - Throws: ``FileAccessError`` if the file can't be opened or read.
    static func read(_ path: String, upTo limit: Int) throws(FileAccessError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw FileAccessError(errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 64 * 1024))
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileAccessError(errno: errno) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// Lists a folder.
    ///
    /// - Parameter path: The folder.
    /// - Returns: The names in it, in the order of their bytes.
    /// - Throws: ``FileAccessError`` if the folder can't be opened.
    static func names(inFolder path: String) throws(FileAccessError) -> [String] {
        guard let folder = opendir(path) else { throw FileAccessError(errno: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
                    String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
