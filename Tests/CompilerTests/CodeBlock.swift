import Foundation
import Testing

/// A block of Swift in a page, or the blocks of a page that are one program.
struct CodeBlock: CustomTestStringConvertible, Sendable {
    let page: String
    let line: Int
    let code: String

    var testDescription: String { "\(page):\(line)" }

    /// A first line of a block that says something of Swift which nobody here knows, so that it would not be compiled.
    struct UnknownFence: Error, CustomStringConvertible {
        let page: String
        let line: Int
        let fence: String

        var description: String { "\(page):\(line): \(fence) should be ```swift or ```swift program" }
    }

    /// All blocks of the README files and of `docs/`.
    static func all() throws -> [CodeBlock] {
        let all = try Page.all().flatMap { try blocks(in: $0) }
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

    /// The blocks of a page.
    static func blocks(in page: Page) throws -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        /// Those marked `swift program`, which a reader puts into one file.
        var parts: [CodeBlock] = []
        var current: (line: Int, isPart: Bool, lines: [Substring])?
        for (index, line) in page.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let block = current {
                if line == "```" {
                    let code = CodeBlock(
                        page: page.path, line: block.line, code: block.lines.joined(separator: "\n"))
                    if block.isPart { parts.append(code) } else { blocks.append(code) }
                    current = nil
                } else {
                    current?.lines.append(line)
                }
            } else if isSwift(line) {
                guard line == "```swift" || line == "```swift program" else {
                    throw UnknownFence(page: page.path, line: index + 1, fence: String(line))
                }
                current = (index + 1, line != "```swift", [])
            }
        }
        if let first = parts.first {
            let program = parts.map(\.code).joined(separator: "\n\n")
            blocks.append(CodeBlock(page: page.path, line: first.line, code: program))
        }
        return blocks
    }

    /// Whether a line begins a block of Swift, as far as one can guess.
    private static func isSwift(_ line: Substring) -> Bool {
        let fence = line.drop { $0 == " " }
        return fence.hasPrefix("```") && fence.drop { $0 == "`" || $0 == " " }.lowercased().hasPrefix("swift")
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
