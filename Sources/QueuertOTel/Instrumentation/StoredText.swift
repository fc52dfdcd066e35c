/// Puts together the short texts that are stored with jobs, in memory that is there already: each start of a chain makes one.
struct StoredText {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    /// How many bytes are written.
    private(set) var count = 0

    private init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    /// The text that a body writes, in no more bytes than the capacity; what is over is left out.
    static func make(capacity: Int, _ body: (inout StoredText) -> Void) -> String {
        String(unsafeUninitializedCapacity: capacity) { buffer in
            var text = StoredText(buffer)
            body(&text)
            return text.count
        }
    }

    mutating func append(_ bytes: [UInt8]) {
        for byte in bytes { append(byte) }
    }

    mutating func append(_ byte: UInt8) {
        guard count < buffer.count else { return }
        buffer.initializeElement(at: count, to: byte)
        count += 1
    }

    /// A whole number in decimal digits.
    mutating func append(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        let magnitude = number.magnitude
        while magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(magnitude / divisor % 10))
            divisor /= 10
        }
    }
}
