/// Why a file is not in the index.
package enum SkipReason: String, Codable, Sendable {
    /// It holds a zero byte or isn't UTF-8.
    case notText = "not text"
    /// It is longer than ``TextFile/byteLimit``.
    case tooLarge = "too large"
    /// This user may not read it, or the disk can't.
    case unreadable
    /// It was there when the folder was scanned, and no longer when it was to be read.
    case vanished
}
