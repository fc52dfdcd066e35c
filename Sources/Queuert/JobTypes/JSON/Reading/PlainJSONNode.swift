/// What is at a place of a JSON text: a value, or a member's name, which has its value behind it.
struct PlainJSONNode {
    enum Kind: UInt8 { case null, `true`, `false`, number, string, escapedString, array, object }
    let kind: Kind
    /// Where it stands; a string without its quotes.
    let start: Int
    var end: Int
    /// The array or the object that it is in; -1 if it is in none.
    let parent: Int
    /// How many elements or members are before it in there.
    let place: Int
    /// How many elements or members it has.
    var count = 0
    /// The node that follows when this one and all in it are passed over.
    var next: Int

    var range: Range<Int> { start..<end }
}
