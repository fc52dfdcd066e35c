import Foundation
import Testing

/// A block of Swift in a page, or the blocks of a page that are one program.
struct CodeBlock: CustomTestStringConvertible, Sendable {
    let page: String
    let line: Int
    let code: String

    var testDescription: String { "\(page):\(line)" }

    /// All blocks of the README files and of `docs/`.
    static func all() throws -> [CodeBlock] {
        let root = SwiftCompiler.root
        var pages = ["README.md"]
        for folder in ["docs", "collector", "Examples"] {
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil,
                options: .skipsHiddenFiles)
            for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "md" {
                pages.append(String(file.path.dropFirst(root.path.count + 1)))
            }
        }
        let all = try pages.sorted().flatMap { page in
            try blocks(in: try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8), page: page)
        }
        // Built without a trait, there is nothing to compile these against.
        var missing: [String] = []
        #if !GRDB
        missing.append("GRDB")
        #endif
        #if !SwiftMetrics
        missing.append("QueuertOTelMetrics")
        #endif
        return all.filter { block in !missing.contains { block.code.contains($0) } }
    }

    private static func blocks(in text: String, page: String) throws -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        /// Those marked `swift program`, which a reader puts into one file.
        var parts: [CodeBlock] = []
        var current: (line: Int, isPart: Bool, lines: [Substring])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let block = current {
                if line == "```" {
                    let code = CodeBlock(page: page, line: block.line, code: block.lines.joined(separator: "\n"))
                    if block.isPart { parts.append(code) } else { blocks.append(code) }
                    current = nil
                } else {
                    current?.lines.append(line)
                }
            } else if line == "```swift" || line == "```swift program" {
                current = (index + 1, line != "```swift", [])
            }
        }
        if let first = parts.first {
            let program = parts.map(\.code).joined(separator: "\n\n")
            blocks.append(CodeBlock(page: page, line: first.line, code: program))
        }
        return blocks
    }

    private static let allImports: [Substring] = [
        "import Queuert", "import QueuertSQLite", "import QueuertOTel", "import QueuertTraceTesting", "import Tracing",
    ]

    /// The block as a file: imports first, the rest in a function, as a reader would put it into a program.
    ///
    /// A block with `@main` is a file already. One without imports is a fragment, for which the page has said them in words.
    var file: String {
        if code.contains("@main") { return code }
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
        var imports = lines.filter { $0.hasPrefix("import ") }
        if imports.isEmpty { imports = Self.allImports }
        let rest = lines.filter { !$0.hasPrefix("import ") }
        return """
            \(imports.joined(separator: "\n"))
            func block() async throws {
            \(rest.joined(separator: "\n"))
            }
            """
    }
}
