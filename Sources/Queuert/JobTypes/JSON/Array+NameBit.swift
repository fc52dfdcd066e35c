extension [UInt8] {
    /// One of 64 bits for a name that stands here: names that differ mostly have others.
    ///
    /// - Returns: The bit; `nil` if the name isn't ASCII: it may be written in several ways, which Swift holds equal.
    func nameBit(_ range: Range<Int>) -> UInt64? {
        var (sum, all) = (range.count, UInt8(0))
        for byte in self[range] {
            sum = sum &* 31 &+ Int(byte)
            all |= byte
        }
        return all < 0x80 ? 1 << UInt64(UInt(bitPattern: sum) % 64) : nil
    }
}
