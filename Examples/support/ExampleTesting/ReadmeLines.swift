import Foundation

/// A README says nothing of what its program prints.
struct MissingOutput: Error, CustomStringConvertible {
    let readme: String
    var description: String { "\(readme) has no indented lines after one that begins with \"prints\"." }
}

/// What the README of an example says that its program prints.
///
/// - Parameter path: A file in the folder of the example's tests, which is beside the README.
/// - Returns: The lines.
/// - Throws: An error of the file system, or one that says that there are no such lines.
package func linesInReadme(besideTests path: String = #filePath) throws -> [String] {
    let readme = URL(filePath: path).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "README.md")
    let text = try String(contentsOf: readme, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let block = lines.drop { !$0.hasPrefix("prints") }.dropFirst(2).prefix { $0.hasPrefix("    ") }
    guard !block.isEmpty else { throw MissingOutput(readme: readme.path) }
    return block.map { String($0.dropFirst(4)) }
}
