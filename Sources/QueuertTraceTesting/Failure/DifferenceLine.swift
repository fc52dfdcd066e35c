/// A line of a drawing that shows expected and recorded spans at once.
struct DifferenceLine: Equatable {
    enum Mark: String {
        /// As expected, or not asked about.
        case same = " "
        /// Expected, and not recorded.
        case missing = "-"
        /// Recorded, and not expected.
        case unexpected = "+"
    }

    let mark: Mark
    let depth: Int
    let text: String

    var description: String { "\(mark.rawValue) \(String(repeating: "  ", count: depth))\(text)" }
}

extension [DifferenceLine] {
    /// Leaves out what is as expected and far from anything that isn't, if there are many lines.
    ///
    /// The spans above a difference stay, so that one sees where it is.
    func shortened(beyond limit: Int = 60, context: Int = 3) -> [String] {
        guard count > limit else { return map(\.description) }
        var isKept = map { $0.mark != .same }
        for index in indices where self[index].mark != .same {
            for neighbour in Swift.max(0, index - context)...Swift.min(count - 1, index + context) {
                isKept[neighbour] = true
            }
        }
        // Upwards from each difference: the next line that is less deep is the span above.
        var depth = 0
        for index in indices.reversed() {
            if self[index].mark != .same {
                depth = Swift.max(depth, self[index].depth)
            } else if self[index].depth < depth {
                isKept[index] = true
                depth = self[index].depth
            }
        }
        var result: [String] = []
        var leftOut = 0
        for index in indices {
            if !isKept[index] { leftOut += 1 }
            if leftOut > 0, isKept[index] || index == count - 1 {
                result.append("  … \(leftOut) lines as expected")
                leftOut = 0
            }
            if isKept[index] { result.append(self[index].description) }
        }
        return result
    }
}
