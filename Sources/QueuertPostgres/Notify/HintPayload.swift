import Queuert

/// A hint as notifications carry it: texts of less than 8,000 bytes.
///
/// A payload is a version and items, one a line, each a letter for its kind and the text, in which line breaks,
/// backslashes and NULs are escaped, and SUBs, which would be sent as two: see `PostgresText`.
struct HintPayload: Equatable {
    var hint = WakeHint()
    /// Draws who looks: see ``ListenerLot``.
    var number: UInt64 = 0
    /// How often the hint was passed on.
    var round = 0

    private static let version = "1"
    /// PostgreSQL allows 7,999 bytes.
    private static let limit = 7_900

    init(_ hint: WakeHint, number: UInt64 = 0, round: Int = 0) {
        self.hint = hint
        self.number = number
        self.round = round
    }

    /// The texts; what is too long by itself is left out, and found at the next poll.
    var texts: [String] {
        let counts = hint.dueJobs
        let start = Self.version + (counts.isEmpty ? "" : "\n#\(number)") + (round == 0 ? "" : "\nr\(round)")
        var texts: [String] = []
        var current = start
        func add(_ kind: String, _ items: some Sequence<String>) {
            for text in items {
                let item = "\n" + kind + Self.escaped(text)
                if item.utf8.count > Self.limit - start.utf8.count { continue }
                if current.utf8.count + item.utf8.count > Self.limit {
                    texts.append(current)
                    current = start
                }
                current += item
            }
        }
        if hint.isGap { add("g", CollectionOfOne("")) }
        add("n", counts.map { "\($0.value) \($0.key)" })
        add("d", hint.dueTypes.subtracting(counts.keys))
        add("c", hint.completedChains.lazy.map(\.rawValue))
        add("l", hint.lostLeases.lazy.map(\.rawValue))
        if current != start { texts.append(current) }
        return texts
    }

    /// What tells others that somebody listens.
    static var greeting: String { version }

    /// Reads a text; `nil` if it is of another version, or somebody else's.
    init?(_ text: String) {
        // Not by characters, in which a name may join with what is before or behind it.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard let version = lines.first, String(version) == Self.version else { return nil }
        var counts: [String: Int] = [:]
        for line in lines.dropFirst() {
            guard let kind = line.first else { continue }
            let text = Self.unescaped(line.dropFirst())
            switch kind {
            case "#": number = UInt64(text) ?? 0
            case "r": round = Int(text) ?? 0
            case "g": hint.isGap = true
            case "n":
                let parts = text.unicodeScalars.split(
                    separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2, let count = Int(String(parts[0])) { counts[String(parts[1])] = count }
            case "d": hint.dueTypes.insert(text)
            case "c": hint.completedChains.insert(JobID(rawValue: text))
            case "l": hint.lostLeases.insert(JobID(rawValue: text))
            // Of a later version, which also sends what this one understands.
            default: continue
            }
        }
        hint = hint.with(dueJobs: counts)
    }

    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\\" || $0 == "\0" || $0 == "\u{1a}" }) else {
            return text
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped += "\\n"
            case "\\": escaped += "\\\\"
            case "\0": escaped += "\\0"
            case "\u{1a}": escaped += "\\s"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func unescaped(_ text: Substring.UnicodeScalarView) -> String {
        guard text.contains("\\") else { return String(text) }
        var unescaped = String.UnicodeScalarView()
        var isEscape = false
        for scalar in text {
            if isEscape {
                switch scalar {
                case "n": unescaped.append("\n")
                case "0": unescaped.append("\0")
                case "s": unescaped.append("\u{1a}")
                default: unescaped.append(scalar)
                }
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
