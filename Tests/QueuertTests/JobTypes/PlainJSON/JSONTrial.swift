import Foundation
import Queuert

/// Uses of coders that are chosen at random, and what is found by them.
///
/// From the same seed come the same uses, as long as the same is found.
// All that happens in a trial happens in one task, so it needs no lock.
final class JSONTrial: @unchecked Sendable {
    @TaskLocal static var current = JSONTrial(seed: 0)

    private var generator: SeededGenerator
    /// How many containers may still be looked at.
    var budget = 40
    var findings: [String] = []
    var decoders: [any Decoder] = []
    var encoders: [any Encoder] = []
    var lists: [any UnkeyedEncodingContainer] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Runs something with a trial of its own.
    static func run(seed: UInt64, _ body: (JSONTrial) -> Void) -> [String] {
        let trial = JSONTrial(seed: seed)
        $current.withValue(trial) { body(trial) }
        return trial.findings
    }

    func random(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    func oneOf<Element>(_ elements: [Element]) -> Element { elements[random(elements.count)] }

    func note<Value>(_ what: String, _ attempt: () throws -> Value) {
        findings.append("\(what): \(outcome(attempt))")
    }

    /// JSON with any values in it.
    func text(depth: Int) -> String {
        switch random(depth > 0 ? 9 : 5) {
        case 0: return oneOf(["1", "-0", "1.0", "1e2", "-12", "1e400", "1.5", "300", "1e-400", "18446744073709551616"])
        case 1: return oneOf([#""a""#, #""\n""#, #""é""#, #""""#, #""\/\\""#, #""a:b""#, #""AQID""#])
        case 2: return oneOf(["null", "true", "false"])
        case 3: return oneOf(["[]", "{}"])
        case 4: return "\(random(11) - 5)"
        case 5, 6: return "[" + (0..<random(4)).map { _ in text(depth: depth - 1) }.joined(separator: ",") + "]"
        default:
            let names = Self.names.filter { $0.utf8.allSatisfy { $0 < 0x80 } }.shuffled(using: &generator)
            let members = names.prefix(random(6)).map { #""\#($0)":\#(text(depth: depth - 1))"# }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    static let names = ["a", "b", "c", "super", "none", "K", "\u{212A}", ";", "\u{37E}"]

    func key() -> AnyKey { AnyKey(stringValue: oneOf(Self.names)) }
}
