internal import FoundationEssentials

/// A file that holds traces as they should be, drawn as trees.
struct GoldenFile {
    /// The variable that has golden files rewritten, if it is `1`.
    static let updateVariable = "UPDATE_TRACES"
    /// The variable that CI services set: there, nothing is written.
    static let ciVariable = "CI"

    /// The file, from the folder of the test on, as failures name it.
    let name: String
    private let url: URL
    private let environment: [String: String]

    /// Finds a golden file: in the folder `Traces` beside the test's file.
    ///
    /// - Parameters:
    ///   - name: Its name, without `.txt`.
    ///   - path: The test's file.
    ///   - environment: The environment's variables.
    init(
        _ name: String, besideTestAt path: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.name = "Traces/\(name).txt"
        url = URL(filePath: path).deletingLastPathComponent().appending(path: self.name)
        self.environment = environment
    }

    /// Whether the service that runs the tests may not change files.
    var isReadOnly: Bool { !["", "0", "false"].contains(environment[Self.ciVariable] ?? "") }

    /// Whether the file is to be rewritten.
    var isToBeUpdated: Bool { !isReadOnly && environment[Self.updateVariable] == "1" }

    /// What the file holds; `nil` if there is none.
    func read() throws -> String? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        var text = try String(contentsOf: url, encoding: .utf8)
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    /// Writes the file, and makes its folder.
    func write(_ text: String) throws {
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try (text + "\n").write(to: url, atomically: true, encoding: .utf8)
    }

    /// How many traces are drawn in a text.
    static func traceCount(_ text: String) -> Int { text.split(separator: "\n").count { $0.hasPrefix("trace ") } }

    /// The lines of the file and of what was recorded, as one drawing.
    static func difference(_ expected: String, _ found: String) -> [DifferenceLine] {
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let new = found.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let changes = new.difference(from: old)
        var removed = Set(changes.removals.map(\.offset))
        var inserted = Set(changes.insertions.map(\.offset))
        var lines: [DifferenceLine] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.remove(left) != nil {
                lines.append(line(.missing, old[left]))
                left += 1
            } else if inserted.remove(right) != nil {
                lines.append(line(.unexpected, new[right]))
                right += 1
            } else {
                lines.append(line(.same, old[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        return lines
    }

    private static func line(_ mark: DifferenceLine.Mark, _ text: String) -> DifferenceLine {
        let depth = text.prefix { $0 == " " }.count / 2
        return DifferenceLine(mark: mark, depth: depth, text: String(text.dropFirst(2 * depth)))
    }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
