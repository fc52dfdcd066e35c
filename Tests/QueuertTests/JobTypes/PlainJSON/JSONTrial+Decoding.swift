import Foundation

/// A value that decodes itself at random.
struct RandomReader: Decodable {
    init(from decoder: any Decoder) throws { try JSONTrial.current.read(decoder) }
}

extension JSONTrial {
    private static let types: [any (Decodable & SendableMetatype).Type] = [
        Bool.self, String.self, Int.self, UInt8.self, Double.self, Float.self, URL.self, Data.self, Decimal.self,
        Date.self,
        Int?.self, [Int].self, [String?].self, Pair.self, RandomReader.self, [RandomReader].self, RandomReader?.self,
    ]

    private func isOver() -> Bool {
        budget -= 1
        return budget < 0
    }

    private func stopAtTimes() throws { if random(10) == 0 { throw JSONSample.Stop() } }

    func read(_ decoder: any Decoder) throws {
        if isOver() { return }
        note("path") { pathText(decoder.codingPath) }
        if random(4) == 0 { decoders.append(decoder) }
        for decoder in [decoder, random(6) == 0 && !decoders.isEmpty ? oneOf(decoders) : decoder] {
            switch random(4) {
            case 0: note("object") { try readMembers(decoder.container(keyedBy: AnyKey.self)) }
            case 1: note("array") { try readElements(decoder.unkeyedContainer()) }
            case 2: note("value") { try readValue(decoder.singleValueContainer()) }
            default:
                if let object = try? decoder.container(keyedBy: AnyKey.self) {
                    try readMembers(object)
                } else if let array = try? decoder.unkeyedContainer() {
                    try readElements(array)
                }
            }
        }
        try stopAtTimes()
    }

    private func readValue(_ container: any SingleValueDecodingContainer) throws {
        note("path") { pathText(container.codingPath) }
        note("null") { container.decodeNil() }
        let type = oneOf(Self.types)
        note("\(type)") { try container.decode(type) as Any }
    }

    private func readMembers(_ container: KeyedDecodingContainer<AnyKey>) throws {
        if isOver() { return }
        note("path") { pathText(container.codingPath) }
        note("keys") { container.allKeys.map(\.stringValue).sorted() }
        for _ in 0..<random(5) {
            let (key, type) = (key(), oneOf(Self.types))
            switch random(9) {
            case 0: note("contains \(key.stringValue)") { container.contains(key) }
            case 1: note("null \(key.stringValue)") { try container.decodeNil(forKey: key) }
            case 2, 3: note("\(type) \(key.stringValue)") { try container.decode(type, forKey: key) as Any }
            case 4: note("\(type)? \(key.stringValue)") { try container.decodeIfPresent(type, forKey: key) as Any }
            case 5: note("object") { try readMembers(container.nestedContainer(keyedBy: AnyKey.self, forKey: key)) }
            case 6: note("array") { try readElements(container.nestedUnkeyedContainer(forKey: key)) }
            case 7: note("decoder") { try read(container.superDecoder(forKey: key)) }
            default: note("decoder") { try read(container.superDecoder()) }
            }
        }
        try stopAtTimes()
    }

    private func readElements(_ list: any UnkeyedDecodingContainer) throws {
        if isOver() { return }
        var container = list
        note("path") { pathText(container.codingPath) }
        for _ in 0..<random(6) {
            findings.append("\(container.currentIndex) of \(container.count ?? -1) \(container.isAtEnd)")
            let type = oneOf(Self.types)
            switch random(8) {
            case 0: note("null") { try container.decodeNil() }
            case 1, 2: note("\(type)") { try container.decode(type) as Any }
            case 3: note("\(type)?") { try container.decodeIfPresent(type) as Any }
            case 4: note("number?") { try container.decodeIfPresent(Int.self) as Any }
            case 5: note("object") { try readMembers(container.nestedContainer(keyedBy: AnyKey.self)) }
            case 6: note("array") { try readElements(container.nestedUnkeyedContainer()) }
            default: note("decoder") { try read(container.superDecoder()) }
            }
        }
        try stopAtTimes()
    }

    /// What is found by decoding a text, and with the decoders that were kept.
    static func findings(decoding text: String, seed: UInt64, _ decode: (String) throws -> RandomReader?) -> [String] {
        run(seed: seed) { trial in
            do {
                if try decode(text) == nil { trial.findings = ["left"] }
                // Foundation's decoders must not be used after an error.
                trial.budget = 20
                for decoder in trial.decoders { trial.note("later") { try trial.read(decoder) } }
            } catch {
                trial.findings.append(outline(of: error))
            }
        }
    }
}
