/// Rows of the queue's table in COPY's binary format, made without any of our code.
struct PostgresFloorRows {
    private(set) var bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)

    /// Makes jobs that are due at once, of which each has two numbers for its identifier.
    init(_ jobs: [(UInt32, UInt32)], input: String) {
        // Microseconds since 2000, on a day of 2026.
        let now: Int64 = 820_454_400_000_000
        for (run, number) in jobs {
            append(Int16(15))
            let id = (UInt64(0x0190_A0A1_0000_7000), UInt64(0x8000_0000_0000_0000) | UInt64(run) << 32 | UInt64(number))
            for _ in 0..<2 {
                append(Int32(16))
                append(id.0)
                append(id.1)
                append(text: "nothing")
            }
            append(field: Int32(0))
            append(text: input)
            append(field: now)
            append(field: now)
            append(field: Int32(0))
            append(field: now)
            append(field: now)
            for _ in 0..<4 { append(Int32(-1)) }
        }
        append(Int16(-1))
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append<Number: FixedWidthInteger>(field number: Number) {
        append(Int32(MemoryLayout<Number>.size))
        append(number)
    }

    private mutating func append(text: String) {
        append(Int32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}
