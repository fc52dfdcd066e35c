import Foundation
import Queuert

/// What a value finds when it decodes itself, and whoever keeps its decoder.
struct JSONDecodingUse: Sendable, CustomStringConvertible {
    typealias Script = @Sendable (any Decoder) throws -> [String]

    let description: String
    let text: String
    /// What the value does, and tells.
    let script: Script
    /// What is done with its decoder when all is decoded.
    let afterwards: Script

    init(_ description: String, _ text: String, afterwards: @escaping Script = { _ in [] }, _ script: @escaping Script)
    {
        self.description = description
        self.text = text
        self.script = script
        self.afterwards = afterwards
    }

    /// A value that follows a script.
    struct Value: Decodable {
        @TaskLocal static var script: Script = { _ in [] }
        let findings: [String]
        let decoder: any Decoder

        init(from decoder: any Decoder) throws {
            findings = try Self.script(decoder)
            self.decoder = decoder
        }
    }

    private func findings(_ decode: () throws -> Value?) -> [String]? {
        Value.$script.withValue(script) {
            do {
                guard let value = try decode() else { return nil }
                return value.findings + (try afterwards(value.decoder))
            } catch {
                return [outline(of: error)]
            }
        }
    }

    /// What is found with Foundation.
    var withFoundation: [String]? { findings { try FoundationJSON.decode(Value.self, from: text) } }
    /// What is found without; `nil` if the text is left to Foundation.
    var withPlainJSON: [String]? { findings { try PlainJSON.decode(Value.self, from: text) } }
}

/// A key of any name.
struct AnyKey: CodingKey, ExpressibleByStringLiteral {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
    init(stringLiteral name: String) { stringValue = name }
}

/// Goes round while a condition holds, but not for ever.
func loop(while condition: () throws -> Bool, _ body: () throws -> Void) throws {
    for _ in 0..<100 {
        guard try condition() else { return }
        try body()
    }
    throw Endless()
}

/// A loop has no end.
struct Endless: Error {}
