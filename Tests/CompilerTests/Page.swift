import Foundation
import Testing

/// A page in Markdown: a README, or one of `docs/`.
struct Page: CustomTestStringConvertible, Sendable {
    /// Where it is in the repository.
    let path: String
    let text: String

    var testDescription: String { path }

    /// All pages.
    static func all() throws -> [Page] {
        let root = SwiftCompiler.root
        var paths = ["README.md"]
        for folder in ["docs", "collector", "Examples"] {
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil,
                options: .skipsHiddenFiles)
            for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "md" {
                paths.append(String(file.path.dropFirst(root.path.count + 1)))
            }
        }
        return try paths.sorted().map(Page.read)
    }

    static func read(_ path: String) throws -> Page {
        Page(path: path, text: try String(contentsOf: SwiftCompiler.root.appendingPathComponent(path), encoding: .utf8))
    }

    /// Its lines with their numbers, without blocks of code.
    private var prose: [(number: Int, line: Substring)] {
        var prose: [(number: Int, line: Substring)] = []
        var isCode = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
            } else if !isCode {
                prose.append((index + 1, line))
            }
        }
        return prose
    }

    /// What a link may name in it: its headings, as GitHub turns them into anchors.
    var anchors: Set<String> {
        var counts: [String: Int] = [:]
        var anchors: Set<String> = []
        for (_, line) in prose {
            let level = line.prefix { $0 == "#" }.count
            let heading = line.dropFirst(level)
            guard 1...6 ~= level, heading.first == " " else { continue }
            let words = heading.dropFirst().replacing(/\]\([^()]*\)/, with: "").lowercased()
            let kept = words.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
            let anchor = kept.replacing(" ", with: "-")
            let count = counts[anchor, default: 0]
            counts[anchor] = count + 1
            anchors.insert(count == 0 ? anchor : "\(anchor)-\(count)")
        }
        return anchors
    }

    /// Its links to files that aren't there, and to headings that aren't, each with its line.
    func brokenLinks() throws -> [String] {
        var broken: [String] = []
        for (number, line) in prose {
            for match in line.matches(of: /\]\(([^()\s]+)\)/) {
                let link = match.output.1
                guard try !leadsSomewhere(link) else { continue }
                broken.append("\(number): \(link)")
            }
        }
        return broken
    }

    private func leadsSomewhere(_ link: Substring) throws -> Bool {
        // The world's other pages are not ours to look at.
        if link.contains("://") || link.hasPrefix("mailto:") { return true }
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        var target = self
        if let relative = parts[0].removingPercentEncoding, !relative.isEmpty {
            let file = SwiftCompiler.root.appendingPathComponent(path).deletingLastPathComponent()
                .appendingPathComponent(relative).standardizedFileURL
            guard FileManager.default.fileExists(atPath: file.path) else { return false }
            guard parts.count > 1 else { return true }
            guard file.pathExtension == "md" else { return false }
            target = Page(path: relative, text: try String(contentsOf: file, encoding: .utf8))
        }
        return parts.count == 1 || target.anchors.contains(String(parts[1]))
    }
}
