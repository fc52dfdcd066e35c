/// A value that is being written.
struct PlainJSONPart {
    enum Kind { case nothing, scalar, array, object }
    var kind = Kind.nothing
    /// Whether it has encoded all that there is of it.
    var isComplete = false
    /// Whether another member of that name has come since.
    var isReplaced = false
    /// The array or the object that it is for; -1 if it is for none.
    let parent: Int
    /// How many elements an array had when it began.
    let place: Int
    /// Where its name is, with quotes and colon; empty if it has none.
    var name: Range<Int>
    /// Where the text of a scalar is; other scalars of an array may be behind it.
    var text: Range<Int>

    /// How many elements or members it has.
    private(set) var count = 0
    /// The first and the last of the parts that are in it.
    private(set) var first = -1
    private(set) var last = -1
    /// The part behind it in its parent.
    var next = -1
    /// The bits of its names: a name is new if its bit is not among them.
    private(set) var nameBits: UInt64 = 0

    /// Takes in another part.
    ///
    /// - Returns: The one before it; -1 if it is the first.
    mutating func append(_ part: Int, nameBit: UInt64) -> Int {
        let before = last
        if before < 0 { first = part }
        last = part
        count += 1
        nameBits |= nameBit
        return before
    }

    /// Takes in a scalar that the last part has in its text.
    mutating func appendToLast() { count += 1 }
}
