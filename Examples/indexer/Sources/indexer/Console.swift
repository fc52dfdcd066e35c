import Foundation
import TextIndex

/// What the user reads.
enum Console {
    /// Says something to whoever watches, apart from the result.
    ///
    /// - Parameter sentence: What to say.
    static func complain(_ sentence: String) {
        FileHandle.standardError.write(Data("indexer: \(sentence)\n".utf8))
    }

    /// Prints the result.
    ///
    /// - Parameters:
    ///   - result: What is in the index.
    ///   - top: How many terms to print.
    static func print(_ result: Index.Result, top: Int) {
        let summary = result.summary
        var lines = [
            "indexed \(summary.indexedFiles) files, skipped \(summary.skippedFiles); \(summary.distinctTerms) terms",
            "", "rank    total    files  term",
        ]
        for (index, term) in result.ranking.prefix(top).enumerated() {
            lines.append("\(column(index + 1, 4)) \(column(term.total, 8)) \(column(term.documents, 8))  \(term.term)")
        }
        lines.append("")
        for file in result.failedFiles {
            lines.append("chain of the file that failed twice: \(file.chain) \(file.path)")
        }
        lines.append("chain of the report: \(result.reportChain)")
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }

    private static func column(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: max(0, width - digits.count)) + digits
    }
}
