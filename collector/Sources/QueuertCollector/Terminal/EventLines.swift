/// Finds events in what a collector tells of them, which comes in pieces that may end anywhere.
struct EventLines {
    /// What has come of a line that isn't complete.
    private var line: [UInt8] = []

    /// Takes the next piece.
    ///
    /// - Parameter piece: What has come.
    /// - Returns: Whether it completes a line that names an event.
    mutating func take(_ piece: some Sequence<UInt8>) -> Bool {
        var hasEvent = false
        for byte in piece {
            if byte != UInt8(ascii: "\n") {
                line.append(byte)
            } else {
                hasEvent = hasEvent || line.starts(with: "event: ".utf8)
                line.removeAll(keepingCapacity: true)
            }
        }
        return hasEvent
    }
}
