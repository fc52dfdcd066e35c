#if CommandLine
extension String {
    /// The text as a word of a command that is to be pasted into a shell.
    var shellWord: String {
        let isPlain = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let quoted = replacing("'", with: #"'\''"#)
        let word = isPlain && !isEmpty ? self : "'\(quoted)'"
        // What begins with a hyphen would be taken for an option.
        return hasPrefix("-") ? "-- \(word)" : word
    }
}
#endif
