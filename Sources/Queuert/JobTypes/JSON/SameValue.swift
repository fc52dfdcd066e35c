/// Takes a value for one of a type that generic code has found to be the value's own.
///
/// A cast would look the types up, each time.
///
/// - Parameters:
///   - value: The value.
///   - type: The value's type, as whoever calls has just compared: what is compared again here costs nothing then.
/// - Returns: The value.
@inline(__always)
func sameValue<Value, Same>(_ value: Value, as type: Same.Type) -> Same {
    // It makes the next line sound: of one and the same type, the bits mean what they meant.
    precondition(Value.self == type, "Compare the types before.")
    return unsafeBitCast(value, to: type)
}
