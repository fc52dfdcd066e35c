import Testing

@testable import QueuertOTel

@Suite("Gzip") struct GzipTests {
    @Test("what is decompressed is what was compressed", arguments: [0, 1, 16 * 1024, 100_000])
    func roundTrip(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31) }
        let compressed = try Gzip.compress(bytes)
        #expect(compressed.starts(with: [0x1f, 0x8b]))
        #expect(try Gzip.decompress(compressed, maximumBytes: count) == bytes)
    }

    @Test("more than the limit is refused")
    func bomb() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(throws: Gzip.Failure(code: .tooLarge)) { try Gzip.decompress(bomb, maximumBytes: 9_999_999) }
    }

    @Test("bytes that aren't gzip, or end too early, are refused")
    func malformed() throws {
        let whole = try Gzip.compress(Array("some text".utf8))
        for bytes in [[], [1, 2, 3], Array(whole.dropLast()), Array(whole.prefix(5))] {
            #expect(throws: Gzip.Failure(code: .malformed)) { try Gzip.decompress(bytes, maximumBytes: 100) }
        }
    }
}
