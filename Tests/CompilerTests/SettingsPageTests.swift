import Foundation
import Testing

@Suite("The page of settings") struct SettingsPageTests {
    /// A setting and what holds if nothing is said of it.
    struct Setting: Equatable, CustomStringConvertible {
        let name: String
        let value: String
        var description: String { "\(name) = \(value)" }
    }

    /// A part of the page, and the type that it is about.
    struct Part: Sendable, CustomTestStringConvertible {
        let heading: String
        let type: String
        let file: String
        var testDescription: String { heading }
    }

    @Test(
        "has each setting of a type, with its default",
        arguments: [
            Part(heading: "A worker", type: "Configuration", file: "Queuert/Worker/Worker.swift"),
            Part(heading: "A backoff", type: "Backoff", file: "Queuert/Worker/Backoff.swift"),
            Part(
                heading: "A SQLite pool", type: "Configuration",
                file: "QueuertSQLite/Database/SQLitePool+Configuration.swift"),
            Part(
                heading: "A PostgreSQL pool", type: "Configuration",
                file: "QueuertPostgres/Database/PostgresPool+Configuration.swift"),
            Part(
                heading: "What is told of the queue", type: "Configuration",
                file: "QueuertOTel/Instrumentation/QueueInstrumentation+Configuration.swift"),
            Part(
                heading: "An exporter", type: "OTLPConfiguration", file: "QueuertOTel/Export/OTLPConfiguration.swift"),
            Part(
                heading: "Batches", type: "BatchConfiguration", file: "QueuertOTel/Batching/BatchConfiguration.swift"),
            Part(
                heading: "An outbox", type: "Configuration",
                file: "QueuertOTelOutbox/TelemetryOutbox+Configuration.swift"),
        ])
    func isCurrent(_ part: Part) throws {
        let source = try Page.read("Sources/\(part.file)").text
        let inCode = try Self.settings(of: part.type, in: source)
        let onPage = Self.settings(under: part.heading, in: try Page.read("docs/settings.md").text)
        #expect(inCode.count > 2)
        #expect(onPage == inCode)
    }

    @Test("would not do with another name or default")
    func findsDifferences() throws {
        let source = """
            public struct Pool: Sendable {
                public init(_ other: Int) {}
                public init(size: Int = 10, names: [String: (Int, Int)] = ["a": (1, 2)],
                    patience: Duration? = .seconds(5)
                ) {}
            }
            """
        let settings = try Self.settings(of: "Pool", in: source)
        #expect(settings.map(\.description) == ["size = 10", "names = [\"a\": (1, 2)]", "patience = .seconds(5)"])
        let page = """
            ## A
            | `size` | `10` | a |
            ## B
            | setting | default | meaning |
            | --- | --- | --- |
            | `size` | `11` | b |
            """
        #expect(Self.settings(under: "B", in: page).map(\.description) == ["size = 11"])
    }

    /// The rows of the table under a heading.
    private static func settings(under heading: String, in page: String) -> [Setting] {
        let below = page.split(separator: "\n").drop { $0 != "## \(heading)" }.dropFirst()
        return below.prefix { !$0.hasPrefix("## ") }.compactMap { line -> Setting? in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count > 2, cells[0].hasPrefix("`") else { return nil }
            return Setting(
                name: cells[0].trimmingCharacters(in: ["`"]), value: cells[1].trimmingCharacters(in: ["`"]))
        }
    }

    /// What the first initialiser of a type takes that needs nothing, as it is written.
    private static func settings(of type: String, in source: String) throws -> [Setting] {
        let declaration = try #require(source.range(of: "public struct \(type):"))
        var rest = source[declaration.upperBound...]
        while let start = rest.range(of: "public init(") {
            rest = rest[start.upperBound...]
            let settings = parameters(rest).map { parameter -> Setting? in
                guard let equals = parameter.range(of: " = ") else { return nil }
                return Setting(
                    name: String(parameter.prefix { $0 != ":" }), value: String(parameter[equals.upperBound...]))
            }
            if !settings.contains(nil) { return settings.compactMap { $0 } }
        }
        return []
    }

    /// The parameters at the beginning of a text, up to the parenthesis that ends them, each on one line.
    private static func parameters(_ text: Substring) -> [String] {
        var parameters = [""]
        var depth = 0
        for character in text {
            if character == ")", depth == 0 { break }
            if "([".contains(character) { depth += 1 }
            if ")]".contains(character) { depth -= 1 }
            if character == ",", depth == 0 {
                parameters.append("")
            } else {
                parameters[parameters.count - 1].append(character)
            }
        }
        return parameters.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    }
}
