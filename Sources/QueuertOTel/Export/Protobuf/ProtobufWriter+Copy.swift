extension ProtobufWriter {
    /// Copies bytes.
    ///
    /// - Returns: Whether none of them is zero.
    @inline(__always)
    static func copy(_ start: UnsafeRawPointer, _ count: Int, to target: UnsafeMutableRawPointer) -> Bool {
        var zeros: UInt64 = 0
        if count < 8 {
            for offset in 0..<count {
                let byte = start.load(fromByteOffset: offset, as: UInt8.self)
                target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                if byte == 0 { zeros = 1 }
            }
        } else {
            // The last word overlaps the one before, if the bytes are no multiple of eight.
            let last = count - 8
            var offset = 0
            while true {
                let word = start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
                zeros |= (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
                if offset == last { break }
                offset = min(offset + 8, last)
            }
        }
        return zeros == 0
    }
}
