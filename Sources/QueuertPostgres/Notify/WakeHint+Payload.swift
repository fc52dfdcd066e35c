import Queuert

/// Hints as notifications carry them: texts of less than 8,000 bytes.
///
/// A payload is a version and items, one a line, each a letter for its kind and the text, in which line breaks, backslashes
/// and NULs are escaped.
extension WakeHint {
    private static let version = "1"
    /// PostgreSQL allows 7,999 bytes.
    private static let limit = 7_900

    /// The payloads of a hint; what is too long by itself is left out, and found at the next poll.
    var payloads: [String] {
        var payloads: [String] = []
        var current = Self.version
        func add(_ kind: String, _ texts: some Sequence<String>) {
            for text in texts {
                let item = "\n" + kind + Self.escaped(text)
                if item.utf8.count > Self.limit { continue }
                if current.utf8.count + item.utf8.count > Self.limit {
                    payloads.append(current)
                    current = Self.version
                }
                current += item
            }
        }
        add("d", dueTypes)
        add("c", completedChains.lazy.map(\.rawValue))
        add("l", lostLeases.lazy.map(\.rawValue))
        if current != Self.version { payloads.append(current) }
        return payloads
    }

    /// Reads a payload; `nil` if it is of another version, or somebody else's.
    init?(payload: String) {
        let lines = payload.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Substring(Self.version) else { return nil }
        self.init()
        for line in lines.dropFirst() {
            let text = Self.unescaped(line.dropFirst())
            switch line.first {
            case "d": dueTypes.insert(text)
            case "c": completedChains.insert(JobID(rawValue: text))
            case "l": lostLeases.insert(JobID(rawValue: text))
            // Of a later version, which also sends what this one understands.
            default: continue
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\\" || $0 == "\0" }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\\": escaped += "\\\\"
            case "\0": escaped += "\\0"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var unescaped = String.UnicodeScalarView()
        var isEscape = false
        for scalar in text.unicodeScalars {
            if isEscape {
                unescaped.append(scalar == "n" ? "\n" : scalar == "0" ? "\0" : scalar)
                isEscape = false
            } else if scalar == "\\" {
                isEscape = true
            } else {
                unescaped.append(scalar)
            }
        }
        return String(unescaped)
    }
}
