/// The errors of Foundation's decoder.
extension PlainJSONDocument {
    /// A value is of another type.
    func mismatch(_ type: Any.Type, at index: Int) -> DecodingError {
        let found =
            switch nodes[index].kind {
            case .null: "null"
            case .true, .false: "bool"
            case .number: "number"
            case .string, .escapedString: "a string"
            case .array: "an array"
            case .object: "a dictionary"
            }
        return .typeMismatch(type, context(at: index, "Expected to decode \(type) but found \(found) instead."))
    }

    /// A value is of another type, or null.
    func unexpected(_ type: Any.Type, at index: Int) -> DecodingError {
        guard isNull(at: index) else { return mismatch(type, at: index) }
        return .valueNotFound(type, context(at: index, "Cannot get value of type \(type) -- found null value instead"))
    }

    /// A value is no object or no array, which have containers that are `keyed` or `unkeyed`.
    func noContainer(_ word: String, of type: Any.Type, at index: Int) -> DecodingError {
        guard isNull(at: index) else { return mismatch(type, at: index) }
        return .valueNotFound(
            type, context(at: index, "Cannot get \(word) decoding container -- found null value instead"))
    }

    /// A number is too large or too small for any type that it was asked for as.
    func invalid(at index: Int) -> DecodingError {
        .dataCorrupted(context(at: index, "The given data was not valid JSON."))
    }

    /// An object has no member of that name.
    func notFound(_ key: any CodingKey, in object: Int) -> DecodingError {
        .keyNotFound(key, context(at: object, "No value associated with key \(key) (\"\(key.stringValue)\")."))
    }

    /// An array has no more elements.
    func atEnd(_ type: Any.Type, of array: Int, at place: Int) -> DecodingError {
        let path = path(to: array) + [PlainJSONKey(intValue: place)]
        return .valueNotFound(
            type, DecodingError.Context(codingPath: path, debugDescription: "Unkeyed container is at end."))
    }

    private func context(at index: Int, _ description: String) -> DecodingError.Context {
        DecodingError.Context(codingPath: path(to: index), debugDescription: description)
    }
}

extension DecodingError {
    /// The error as it is where the value is that was decoded alone.
    func moved(to path: [any CodingKey]) -> DecodingError {
        func moved(_ context: Context) -> Context {
            Context(
                codingPath: path + context.codingPath, debugDescription: context.debugDescription,
                underlyingError: context.underlyingError)
        }
        return switch self {
        case .typeMismatch(let type, let context): .typeMismatch(type, moved(context))
        case .valueNotFound(let type, let context): .valueNotFound(type, moved(context))
        case .keyNotFound(let key, let context): .keyNotFound(key, moved(context))
        case .dataCorrupted(let context): .dataCorrupted(moved(context))
        @unknown default: self
        }
    }
}
