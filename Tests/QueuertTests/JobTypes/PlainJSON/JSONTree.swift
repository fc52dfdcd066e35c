import Foundation
import Queuert

/// Any JSON, read by trying.
indirect enum JSONTree: Codable, Outlined {
    case null, flag(Bool), integer(Int), number(Double), text(String), list([JSONTree]), object([String: JSONTree])

    init(depth: Int, using generator: inout SeededGenerator) {
        let names = ["a", "b", "", "long name", "ü", "🙂", "\"", "/", "\\n", "\n", "e\u{301}", "\u{e9}"]
        // The outermost one is a list or an object.
        let kinds = depth == 3 ? 5...6 : depth > 0 ? 0...6 : 0...4
        switch Int.random(in: kinds, using: &generator) {
        case 0: self = .null
        case 1: self = .flag(Bool.random(using: &generator))
        case 2: self = .integer(Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 0..<64, using: &generator))
        case 3: self = .number(Double.random(in: -100...100, using: &generator))
        case 4: self = .text(names.shuffled(using: &generator).prefix(2).joined())
        case 5:
            self = .list(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in JSONTree(depth: depth - 1, using: &generator)
                })
        default:
            var members: [String: JSONTree] = [:]
            for name in names.shuffled(using: &generator).prefix(Int.random(in: 0...3, using: &generator)) {
                members[name] = JSONTree(depth: depth - 1, using: &generator)
            }
            self = .object(members)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let number = try? container.decode(Int.self) {
            self = .integer(number)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let list = try? container.decode([JSONTree].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let members): try container.encode(members)
        }
    }

    var outline: String {
        func of(_ value: Any) -> String { QueuertTests.outline(value) }
        return switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): of(number)
        case .text(let text): of(text)
        case .list(let list): "[\(list.map(\.outline).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.map { "\(of($0.key)): \($0.value.outline)" }.sorted().joined(separator: ", "))}"
        }
    }
}
