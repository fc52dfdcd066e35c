/// Memory for the C structs and strings of one message, all freed together when the arena goes.
///
/// Pointers into the arena are valid as long as the arena is.
struct MessageArena: ~Copyable {
    private var chunks: [UnsafeMutableRawPointer] = []
    private var next = UnsafeMutableRawPointer(bitPattern: 0)
    private var available = 0
    private let chunkBytes: Int

    /// Makes an arena whose first chunk is allocated on first use.
    init(chunkBytes: Int = 64 * 1024) {
        self.chunkBytes = chunkBytes
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    /// Memory for values of a C type, not initialised.
    ///
    /// Nothing is done to them at the end, so they must need nothing.
    mutating func allocate<Value>(_ type: Value.Type, count: Int = 1) -> UnsafeMutablePointer<Value> {
        allocate(byteCount: count * MemoryLayout<Value>.stride).bindMemory(to: type, capacity: count)
    }

    /// A copy of the text that ends with a zero byte, as C has it.
    ///
    /// C text ends at its first zero byte: one inside the text becomes U+FFFD, so that what follows is not lost.
    mutating func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        var text = text
        let copied = text.withUTF8 { bytes -> UnsafeMutablePointer<CChar>? in
            guard !bytes.contains(0) else { return nil }
            let target = allocate(byteCount: bytes.count + 1)
            if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: bytes.count) }
            target.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
            return target.bindMemory(to: CChar.self, capacity: bytes.count + 1)
        }
        return copied ?? copy(String(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) }))
    }

    /// The words as bytes, big endian.
    mutating func copy(_ high: UInt64, _ low: UInt64? = nil) -> UnsafeMutablePointer<UInt8> {
        let target = allocate(byteCount: 16)
        target.storeBytes(of: high.bigEndian, as: UInt64.self)
        if let low { target.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self) }
        return target.bindMemory(to: UInt8.self, capacity: 16)
    }

    /// Memory aligned for any C value that a message has: none needs more than eight bytes.
    private mutating func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let rounded = (max(byteCount, 1) + 7) & ~7
        if let next, rounded <= available {
            self.next = next + rounded
            available -= rounded
            return next
        }
        let size = max(chunkBytes, rounded)
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        chunks.append(chunk)
        next = chunk + rounded
        available = size - rounded
        return chunk
    }
}
