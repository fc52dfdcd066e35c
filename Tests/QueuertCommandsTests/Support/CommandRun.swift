#if CommandLine
import Foundation
import QueuertCommands
import Synchronization

/// What became of a command.
struct CommandRun: Sendable {
    let status: Int32
    let output: String
    let errors: String

    init(status: Int32, output: String, errors: String) {
        self.status = status
        self.output = output
        self.errors = errors
    }

    /// Runs the command in this process.
    init(_ arguments: [String], environment: [String: String] = [:]) async {
        let texts = Texts()
        status = await CommandLineTool.run(
            arguments, environment: environment, output: { text in texts.output.withLock { $0 += text } },
            errors: { text in texts.errors.withLock { $0 += text } })
        output = texts.output.withLock { $0 }
        errors = texts.errors.withLock { $0 }
    }

    /// The output, read as JSON.
    var json: JSONReading {
        get throws { JSONReading(value: try JSONSerialization.jsonObject(with: Data(output.utf8))) }
    }
}

private final class Texts: Sendable {
    let output = Mutex("")
    let errors = Mutex("")
}

/// JSON that a program reads.
struct JSONReading {
    let value: Any?

    subscript(key: String) -> JSONReading { JSONReading(value: (value as? [String: Any])?[key]) }
    subscript(index: Int) -> JSONReading {
        let array = value as? [Any] ?? []
        return JSONReading(value: array.indices.contains(index) ? array[index] : nil)
    }
    var text: String? { value as? String }
    var number: Int? { (value as? NSNumber)?.intValue }
    var bool: Bool? { value as? Bool }
    var isNull: Bool { value is NSNull }
    var items: [JSONReading] { (value as? [Any] ?? []).map(JSONReading.init) }
    var texts: [String] { value as? [String] ?? [] }

    /// All keys, of what is inside too.
    var keys: Set<String> {
        if let object = value as? [String: Any] {
            return object.values.reduce(into: Set(object.keys)) { $0.formUnion(JSONReading(value: $1).keys) }
        }
        return items.reduce(into: []) { $0.formUnion($1.keys) }
    }
}
#endif
