import Testing

@testable import QueuertCollector

@Suite("Compressed bodies") struct DecompressorTests {
    private func decompress(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [UInt8] {
        try bytes.withUnsafeBytes { try Decompressor.decompress($0, limit: limit) }
    }
    private let text = Array(String(repeating: "queuert ", count: 1_000).utf8)

    @Test("R06 gzip, zlib and several gzip members in a row are read")
    func formats() throws {
        #expect(try decompress(Gzip.compress(text)) == text)
        #expect(try decompress(Gzip.compress(text, asZlib: true)) == text)
        #expect(try decompress(Gzip.compress(text) + Gzip.compress([1, 2])) == text + [1, 2])
    }

    @Test("R04 what isn't gzip, breaks off or has something behind it is refused")
    func malformed() {
        let whole = Gzip.compress(text)
        #expect(throws: DecompressionError.malformed) { try decompress([]) }
        #expect(throws: DecompressionError.malformed) { try decompress(text) }
        #expect(throws: DecompressionError.malformed) { try decompress(whole + [1, 2, 3]) }
        for length in 1..<whole.count {
            #expect(throws: DecompressionError.malformed) { try decompress(Array(whole.prefix(length))) }
        }
    }

    @Test("R06 the limit holds after decompression, and to the byte")
    func limit() throws {
        #expect(try decompress(Gzip.compress(text), limit: text.count) == text)
        #expect(throws: DecompressionError.tooLarge) { try decompress(Gzip.compress(text), limit: text.count - 1) }
    }

    @Test("R07 many small members need no more memory than what comes out of them")
    func members() throws {
        let member = Gzip.compress([1, 2, 3])
        let members = [[UInt8]](repeating: member, count: 1_000).flatMap { $0 }
        var grown = 0
        let plain = try members.withUnsafeBytes { try Decompressor.decompress($0, limit: 1 << 20) { grown += $0 } }
        #expect(plain.count == 3_000)
        #expect(grown < 1 << 20)
    }

    @Test("R06 what becomes hundreds of times as large is refused before it has become so")
    func ratio() throws {
        var grown = 0
        let bomb = Gzip.compress([UInt8](repeating: 0, count: 48 << 20))
        #expect(throws: DecompressionError.suspicious) {
            try bomb.withUnsafeBytes { try Decompressor.decompress($0, limit: 64 << 20) { grown += $0 } }
        }
        #expect(grown < 8 << 20)
        // Little is little, however well it compresses.
        let zeros = [UInt8](repeating: 0, count: 2 << 20)
        #expect(try decompress(Gzip.compress(zeros), limit: 64 << 20) == zeros)
    }
}
