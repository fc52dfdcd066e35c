/// A name or a place on a path.
struct PlainJSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    /// A name; where it is a number it is a dictionary's key, which knows that.
    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = Int(stringValue)
    }

    /// A place in an array.
    init(intValue: Int) {
        stringValue = "Index \(intValue)"
        self.intValue = intValue
    }

    /// What a superclass is kept under that isn't given a key.
    static let `super` = PlainJSONKey(stringValue: "super")
}
