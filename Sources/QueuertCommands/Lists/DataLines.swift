#if CommandLine
internal import Queuert

/// What jobs hold, for people who asked for it.
enum DataLines {
    static func of(_ row: JobRow, title: String) -> [String] {
        var lines = ["", title.printable, "  input   \(row.input.printable)"]
        if let output = row.output { lines.append("  output  \(output.printable)") }
        if let error = row.lastAttemptError { lines.append("  error   \(error.printable)") }
        return lines
    }
}
#endif
