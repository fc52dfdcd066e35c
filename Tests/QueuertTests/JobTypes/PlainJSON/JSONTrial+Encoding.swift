import Foundation

/// A value that encodes itself at random.
struct RandomWriter: Encodable {
    let depth: Int

    func encode(to encoder: any Encoder) throws { try JSONTrial.current.write(depth, to: encoder) }
}

extension JSONTrial {
    func write(_ depth: Int, to encoder: any Encoder) throws {
        if random(8) == 0 { encoders.append(encoder) }
        if random(12) == 0, !encoders.isEmpty {
            var earlier = oneOf(encoders).unkeyedContainer()
            try earlier.encode(1)
        }
        switch random(depth > 0 ? 8 : 4) {
        case 0: return
        case 1, 2: try writeScalar(to: encoder)
        case 3, 4, 5: try writeElements(depth, to: encoder.unkeyedContainer())
        default:
            try writeMembers(depth, to: encoder.container(keyedBy: AnyKey.self))
            if random(4) == 0 { try writeMembers(0, to: encoder.container(keyedBy: AnyKey.self)) }
        }
        if random(16) == 0 { throw JSONSample.Stop() }
    }

    // Paths differ where containers are nested.
    private func noteFailure(_ attempt: () throws -> Void) {
        do { try attempt() } catch { findings.append("\(type(of: error))") }
    }

    private func writeScalar(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch random(8) {
        case 0: try container.encode(random(100))
        case 1: try container.encode("x\u{1}\"é/")
        case 2: try container.encodeNil()
        case 3: try container.encode(Data([1]))
        case 4: try container.encode([1, 2])
        case 5: try container.encode(["q": 1.5])
        case 6: try container.encode(RandomWriter(depth: 0))
        default: try container.encode(random(5) == 0 ? Double.nan : 0.5)
        }
    }

    private func writeElements(_ depth: Int, to container: any UnkeyedEncodingContainer) throws {
        var (container, copy) = (container, container)
        if random(5) == 0 { lists.append(container) }
        for _ in 0..<random(6) {
            findings.append("\(container.count)")
            switch random(depth > 0 ? 11 : 5) {
            case 0: try copy.encode(random(100))
            case 1: try copy.encode(container.count)
            case 2: try container.encode("t")
            case 3: try copy.encodeNil()
            case 4: noteFailure { try container.encode(RandomWriter(depth: depth - 1)) }
            case 5, 6: try copy.encode(RandomWriter(depth: depth - 1))
            case 7: try RandomWriter(depth: depth - 1).encode(to: container.superEncoder())
            case 8:
                var inner = container.nestedContainer(keyedBy: AnyKey.self)
                try copy.encode(7)
                try inner.encode(8, forKey: "late")
            case 9: try writeElements(depth - 1, to: container.nestedUnkeyedContainer())
            default:
                guard !lists.isEmpty else { continue }
                var earlier = oneOf(lists)
                try earlier.encode(9)
                findings.append("\(earlier.count)")
            }
        }
    }

    private func writeMembers(_ depth: Int, to container: KeyedEncodingContainer<AnyKey>) throws {
        var container = container
        for _ in 0..<random(7) {
            let key = key()
            switch random(depth > 0 ? 9 : 4) {
            case 0: try container.encode(random(100), forKey: key)
            case 1: try container.encode("t", forKey: key)
            case 2: try container.encodeNil(forKey: key)
            case 3: noteFailure { try container.encode(RandomWriter(depth: depth - 1), forKey: key) }
            case 4: try container.encode(RandomWriter(depth: depth - 1), forKey: key)
            case 5: try RandomWriter(depth: depth - 1).encode(to: container.superEncoder(forKey: key))
            case 6: try RandomWriter(depth: depth - 1).encode(to: container.superEncoder())
            case 7:
                let inner = container.nestedContainer(keyedBy: AnyKey.self, forKey: key)
                try container.encode(7, forKey: "seven")
                try writeMembers(depth - 1, to: inner)
            default: try writeElements(depth - 1, to: container.nestedUnkeyedContainer(forKey: key))
            }
        }
    }

    /// What is found by encoding, and the JSON; `nil` if it is left to Foundation, or fails.
    static func findings(encodingFrom seed: UInt64, _ encode: (RandomWriter) throws -> String?) -> [String]? {
        var json: String?
        let findings = run(seed: seed) { _ in json = try? encode(RandomWriter(depth: 3)) }
        return json.map { findings + [$0] }
    }
}
