/// Tells text from everything else.
package enum TextFile {
    /// How many bytes a file may have.
    ///
    /// It bounds the memory of a run and the size of a job's input: documentation is smaller, and logs and dumps stay out.
    package static let byteLimit = 256 * 1024

    /// How much of a file is looked at before a chain is started for it.
    private static let sniffedBytes = 4096

    /// What a file holds.
    package enum Content: Sendable {
        case text(String)
        case none(SkipReason)
    }

    /// Reads a file.
    ///
    /// - Parameter path: The file.
    /// - Returns: Its text, or why there is none.
    package static func content(_ path: String) -> Content {
        do {
            let bytes = try FileReader.read(path, upTo: byteLimit + 1)
            if bytes.count > byteLimit { return .none(.tooLarge) }
            guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
                return .none(.notText)
            }
            return .text(text)
        } catch {
            return .none(error.skipReason)
        }
    }

    /// Looks at the beginning of a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - byteCount: Its size.
    /// - Returns: Why there is no text in it; `nil` if it looks like text.
    static func obstacle(_ path: String, byteCount: Int) -> SkipReason? {
        if byteCount > byteLimit { return .tooLarge }
        do {
            let bytes = try FileReader.read(path, upTo: sniffedBytes)
            if bytes.contains(0) { return .notText }
            // The last character may have been cut.
            let isText = (0..<4).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
            return isText ? nil : .notText
        } catch {
            return error.skipReason
        }
    }
}
