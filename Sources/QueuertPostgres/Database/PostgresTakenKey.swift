/// What the server says of a key that a unique index has already: `Key (id)=(a) already exists.`, in whatever language.
///
/// It holds values, and so is no part of an error: who may know one of them looks whether it is theirs.
struct PostgresTakenKey: Sendable {
    /// The values, and what follows them.
    private let values: ArraySlice<UInt8>

    init?(_ detail: String) {
        let bytes = Array(detail.utf8)
        let end = bytes.indices.dropLast().first { place in
            bytes[place] == UInt8(ascii: "=") && bytes[place + 1] == UInt8(ascii: "(")
        }
        guard let end else { return nil }
        values = bytes[(end + 2)...]
    }

    /// The first of the key's values, which is one of some texts; `nil` if it is none of them.
    ///
    /// Nothing tells where a value ends that holds what follows values. So it is the longest of those that may be it.
    func value(among texts: some Sequence<String>) -> String? {
        texts.filter(mayBegin).max { $0.utf8.count < $1.utf8.count }
    }

    private func mayBegin(with text: String) -> Bool {
        var stored: [UInt8] = []
        stored.append(text: text)
        guard values.starts(with: stored) else { return false }
        let next = values.dropFirst(stored.count).first
        return next == UInt8(ascii: ")") || next == UInt8(ascii: ",")
    }
}
