extension PlainJSONTree {
    /// How many objects and arrays Foundation allows in each other.
    private static var depthLimit: Int { 511 }

    /// The JSON of the outermost value; `nil` if Foundation has to say what comes of it.
    func whole() -> String? {
        guard isCertain else { return nil }
        var json: [UInt8] = []
        json.reserveCapacity(text.end + 2 * parts.count)
        // Slices of an array would each count a reference to it.
        let isWhole = text.bytes.withUnsafeBufferPointer { append(0, depth: 0, from: $0, to: &json) }
        return isWhole ? String(decoding: json, as: UTF8.self) : nil
    }

    private func append(
        _ part: Int, depth: Int, from text: UnsafeBufferPointer<UInt8>, to json: inout [UInt8]
    ) -> Bool {
        let (kind, name, scalar) = (parts[part].kind, parts[part].name, parts[part].text)
        let isOnePiece = kind == .scalar && name.upperBound == scalar.lowerBound
        let first = isOnePiece ? name.lowerBound..<scalar.upperBound : name
        json.append(contentsOf: UnsafeBufferPointer(rebasing: text[first]))
        if isOnePiece { return true }
        if kind == .scalar {
            json.append(contentsOf: UnsafeBufferPointer(rebasing: text[scalar]))
            return true
        }
        if depth == Self.depthLimit { return false }
        json.append(kind == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
        var (child, isFirst) = (parts[part].first, true)
        while child >= 0 {
            if !parts[child].isReplaced {
                if !isFirst { json.append(UInt8(ascii: ",")) }
                isFirst = false
                guard append(child, depth: depth + 1, from: text, to: &json) else { return false }
            }
            child = parts[child].next
        }
        json.append(kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        return true
    }
}
