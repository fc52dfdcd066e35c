/// The terms of a text: runs of letters and digits with their accents, in lower case, of three Unicode scalars or more.
package enum Terms {
    /// Counts terms.
    ///
    /// - Parameter text: The text.
    /// - Returns: How often each term occurs.
    package static func count(in text: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        var term = String.UnicodeScalarView()
        func end() {
            if term.count >= 3 { counts[String(term), default: 0] += 1 }
            term.removeAll(keepingCapacity: true)
        }
        // Scalar by scalar: characters are composed of them, and composing is most of the cost.
        for scalar in text.lowercased().unicodeScalars {
            if isLetterOrDigit(scalar) || (!term.isEmpty && isMark(scalar)) { term.append(scalar) } else { end() }
        }
        end()
        return counts
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x61...0x7a: true
        case ..<0x80: false
        default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    /// Whether the scalar is an accent or another sign that belongs to the letter before it.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
