import Foundation

@testable import TextIndex

/// What the indexer should find, computed without a queue and without its code.
enum PlainPass {
    /// The terms of all files that can be read as text, by path inside the folder.
    static func terms(ofFolder folder: String) throws -> [String: [String: Int]] {
        var terms: [String: [String: Int]] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
            let url = URL(fileURLWithPath: "\(folder)/\(path)")
            let isReadable = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int != 0
            guard
                try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType == .typeRegular,
                isReadable, let text = String(data: try Data(contentsOf: url), encoding: .utf8),
                !text.contains("\0"), text.utf8.count <= 256 * 1024
            else { continue }
            terms[path] = Dictionary(
                text.lowercased().split { !$0.isLetter && !$0.isNumber }.filter { $0.unicodeScalars.count > 2 }
                    .map { (String($0), 1) }, uniquingKeysWith: +)
        }
        return terms
    }

    /// The terms of all files, the most frequent first.
    static func ranking(_ terms: [String: [String: Int]]) -> [RankedTerm] {
        var totals: [String: Int] = [:]
        var documents: [String: Int] = [:]
        for counts in terms.values {
            for (term, count) in counts {
                totals[term, default: 0] += count
                documents[term, default: 0] += 1
            }
        }
        let ranked = totals.map { RankedTerm(term: $0, total: $1, documents: documents[$0] ?? 0) }.sorted { a, b in
            if a.total != b.total { return a.total > b.total }
            if a.documents != b.documents { return a.documents > b.documents }
            return Array(a.term.utf8).lexicographicallyPrecedes(Array(b.term.utf8))
        }
        return Array(ranked.prefix(Index.reportLength))
    }
}
