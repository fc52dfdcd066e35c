#if CommandLine
internal import Queuert

/// What the doctor says.
struct DoctorReport {
    private let facts: [DiagnosisFact]
    private let findings: [DiagnosisFinding]

    /// What matters most comes first.
    init(_ diagnosis: Diagnosis) {
        facts = diagnosis.facts
        findings = DiagnosisFinding.Severity.allCases.flatMap { severity in
            diagnosis.findings.filter { $0.severity == severity }
        }
    }

    var status: CommandStatus {
        if findings.contains(where: { $0.severity == .problem || $0.severity == .warning }) { return .failure }
        return findings.contains { $0.severity == .unknown } ? .unknown : .success
    }

    private var word: String {
        switch status {
        case .success: "healthy"
        case .failure: "findings"
        case .unknown: "unknown"
        }
    }

    var json: JSONValue {
        [
            "status": .string(word),
            "findings": .array(
                findings.map { finding in
                    [
                        "severity": .string(finding.severity.rawValue), "code": .string(finding.code.rawValue),
                        "sentence": .string(finding.sentence), "hint": .string(finding.hint),
                    ]
                }),
            "facts": .object(facts.map { JSONValue.Member(key: $0.name, value: $0.value.json) }),
        ]
    }

    var lines: [String] {
        var lines: [String] = []
        for finding in findings {
            lines += [
                "\(finding.severity.rawValue): \(finding.sentence.printable) [\(finding.code)]",
                "    \(finding.hint.printable)",
            ]
        }
        if !lines.isEmpty { lines.append("") }
        let width = facts.map(\.label.count).max() ?? 0
        for fact in facts {
            let padding = String(repeating: " ", count: width - fact.label.count)
            lines.append("\(fact.label)\(padding)  \(fact.value.text.printable)")
        }
        return lines + ["", summary]
    }

    private var summary: String {
        switch status {
        case .success: return "Nothing is wrong."
        case .unknown: return "Nothing was found, but not all could be looked at."
        case .failure:
            let counts = [DiagnosisFinding.Severity.problem, .warning].compactMap { severity -> String? in
                let count = findings.filter { $0.severity == severity }.count
                return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
            }
            return "Found: \(counts.joined(separator: ", "))."
        }
    }
}

extension DiagnosisFact {
    /// The name in words: `walBytes` is “wal”.
    fileprivate var label: String {
        var words = name
        for unit in ["Bytes", "Seconds"] where words.hasSuffix(unit) { words.removeLast(unit.count) }
        return words.reduce(into: "") { label, character in
            label += character.isUppercase && !label.isEmpty ? " " + character.lowercased() : character.lowercased()
        }
    }
}

extension DiagnosisFact.Value {
    fileprivate var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .count(let number), .bytes(let number): .integer(number)
        case .duration(let duration): .number(DurationText.seconds(duration))
        }
    }

    fileprivate var text: String {
        switch self {
        case .text(let text): return text
        case .count(let number): return String(number)
        case .bytes(let number):
            let units = ["B", "KiB", "MiB", "GiB", "TiB"]
            var (size, unit) = (Double(number), 0)
            while size >= 1_024, unit < units.count - 1 { (size, unit) = (size / 1_024, unit + 1) }
            return unit == 0 ? "\(number) B" : "\((size * 10).rounded() / 10) \(units[unit])"
        case .duration(let duration):
            let seconds = DurationText.seconds(duration)
            return seconds.magnitude < 60 ? "\((seconds * 1_000).rounded() / 1_000)s" : DurationText.short(duration)
        }
    }
}
#endif
