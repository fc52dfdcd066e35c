import Foundation
import Queuert

/// A value of any type, with how the codec and Foundation differ about it.
struct JSONSample {
    /// What is wrong, a sentence each.
    let differences: () -> [String]
    /// What `PlainJSON` leaves to Foundation of writing and reading the value.
    let leftToFoundation: () -> [String]
    /// Whether it is written without Foundation.
    let isWritten: () -> Bool
    /// What is special of the value.
    let name: String

    /// Names a value.
    ///
    /// - Parameters:
    ///   - name: What is special of it.
    ///   - value: The value.
    ///   - roundTrips: Whether Foundation reads the same value as it wrote. Some odd ones need not.
    init<Value: Codable>(_ name: String, _ value: Value, roundTrips: Bool = true) {
        self.name = name
        differences = { Self.differences(of: value, roundTrips: roundTrips).map { "\(name): \($0)" } }
        leftToFoundation = {
            let texts: [String?] = [try? PlainJSON.encode(value), try? FoundationJSON.encode(value)]
            return texts.compactMap { text -> String? in
                guard let text else { return "\(name): is not written" }
                let isRead = (try? PlainJSON.decode(Value.self, from: text)) != nil
                return isRead ? nil : "\(name): doesn't read \(text)"
            }
        }
        isWritten = { (try? PlainJSON.encode(value)) != nil }
    }

    private static func differences<Value: Codable>(of value: Value, roundTrips: Bool) -> [String] {
        let plain = Result { try PlainJSON.encode(value) }
        let foundationText: String
        let codecText: String
        let written = Result { try FoundationJSON.encode(value) }
        let writtenByCodec = Result { try CodecJSON.encode(value) }
        switch (written, writtenByCodec) {
        case (.success(let text), .success(let other)):
            foundationText = text
            codecText = other
        case (.failure(let expected), .failure(let actual)):
            if let text = try? plain.get() { return ["plain JSON is \(text), Foundation throws \(expected)"] }
            return outline(of: expected) == outline(of: actual) ? [] : ["throws \(actual), not \(expected)"]
        default: return ["is written as \(writtenByCodec), not \(written)"]
        }
        var differences: [String] = []
        let expected = outcome { try FoundationJSON.decode(Value.self, from: foundationText) }
        let plainText = try? plain.get() ?? codecText
        guard let plainText else { return ["plain JSON throws \(plain), Foundation writes \(foundationText)"] }
        for text in Set([foundationText, codecText, plainText]) {
            if !isSameJSON(text, foundationText) { differences.append("writes \(text), not \(foundationText)") }
            let read = outcome { try FoundationJSON.decode(Value.self, from: text) }
            if read != expected { differences.append("writes \(text), which is read as \(read), not \(expected)") }
            if let difference = decodingDifference(Value.self, text, isOrdered: false) {
                differences.append(difference)
            }
        }
        if roundTrips, outline(value) != expected {
            differences.append("is \(outline(value)), which Foundation reads as \(expected)")
        }
        return differences
    }
}

extension [JSONSample] {
    fileprivate mutating func add<Value: Codable>(_ name: String, _ value: Value, roundTrips: Bool = true) {
        append(JSONSample(name, value, roundTrips: roundTrips))
    }
}

// MARK: - The samples

extension JSONSample {
    /// What must not need Foundation.
    static var plain: [JSONSample] {
        var samples: [JSONSample] = []
        samples.add("least integers", Integers())
        samples.add("greatest integers", Integers.greatest)
        samples.add("doubles", [0.1, 1.5, -2.25, 1.0, 100, 123_456_789.123])
        samples.add("texts", ["", "abc", "a b/c", "Käse", "🙂 👩‍👩‍👧", "\u{7f}\u{2028}", "e\u{301} \u{e9}"])
        samples.add("texts with escapes", ["quote \" backslash \\", "newline \n tab \t return \r"])
        samples.add("flags", [true, false])
        samples.add("optionals that are nil", Optionals())
        samples.add("optionals that aren't nil", Optionals.full)
        samples.add("nested structs", Order())
        samples.add("arrays of structs", [Order(), Order()])
        samples.add("arrays of arrays", [[1], [], [2, 3]])
        samples.add("arrays of optionals", [1, nil, 2] as [Int?])
        samples.add("an empty array", [] as [Int])
        samples.add("an empty struct", Empty())
        samples.add("an empty dictionary", [:] as [String: Int])
        samples.add("dictionaries by texts", ["a": 1, "": 2, "a b": 3])
        samples.add("dictionaries of dictionaries", ["a": ["b": true, "c": false], "d": [:]])
        samples.add("enums by text", [Colour.red, .green])
        samples.add("enums by number", ["a": Level.low, "b": .high])
        samples.add("enums with values", Choice.all)
        samples.add("dates", [0, 754_700_000.25, -1].map { Date(timeIntervalSinceReferenceDate: $0) })
        return samples
    }

    /// What may need Foundation.
    static var other: [JSONSample] { scalars + containers + encoders }

    private static var scalars: [JSONSample] {
        var samples: [JSONSample] = []
        samples.add("a number", 1)
        samples.add("a double", 0.5)
        samples.add("a text", "x")
        samples.add("a flag", true)
        samples.add("nil", Int?.none)
        samples.add("not nil", Int?.some(1))
        samples.add("nil in nil", [Optional<Int?>.some(nil)], roundTrips: false)
        samples.add("an enum", Colour.red)
        samples.add("a name that isn't ASCII", ["ü": 4])
        samples.add("a date", Date(timeIntervalSinceReferenceDate: 1))
        samples.add("an infinite date", Date(timeIntervalSinceReferenceDate: .infinity))
        samples.add("greater doubles", [1e21, 1e-7, 1e15, 1e16, 1e17, Double.greatestFiniteMagnitude])
        samples.add("odd doubles", [-0.0, Double.leastNonzeroMagnitude], roundTrips: false)
        samples.add("infinity", [Double.infinity])
        samples.add("no number", Point(x: .nan, y: 0))
        samples.add("floats", [0.1, 1, 16_777_216, 3.4e38, 1e-38, -1.5] as [Float])
        samples.add("an infinite float", -Float.infinity)
        samples.add("wide integers", WideIntegers(), roundTrips: false)
        samples.add("control characters", ["\u{8}", "\u{c}", "\u{1}", "\u{1f}", "\u{0}", "\u{b}", "a\r\nb"])
        samples.add("a long text", String(repeating: "long \"ä\" / \\ ", count: 200))
        samples.add("data", Data([0xff, 0xef, 0xbe]))
        samples.add("links", ["https://example.com/a?b=c", "d/e"].compactMap { URL(string: $0) })
        samples.add("a decimal", Decimal(sign: .minus, exponent: -3, significand: 12_345))
        samples.add("a duration", Duration.milliseconds(-1_500))
        samples.add("Foundation's types", FoundationTypes())
        return samples
    }

    private static var containers: [JSONSample] {
        var samples: [JSONSample] = []
        samples.add("a list", [1])
        samples.add("a set", [3, 1, 2] as Set<Int>)
        samples.add("a range", Optional(1..<5))
        samples.add("names with escapes", ["\"": 1, "\\": 2, "/": 3, "\n": 4, "\u{1}": 5, "\u{e9}": 6, "🙂": 7])
        samples.add("dictionaries by numbers", [1: "a", -2: "b"])
        samples.add("dictionaries by enums", [Colour.red: 1, .green: 2])
        samples.add("dictionaries of dates", ["a": Date(timeIntervalSinceReferenceDate: 0.5)])
        samples.add("Foundation's types in containers", [["a": Optional(Data([1, 2, 255]))]])
        samples.add("keys known only when read", Bag(entries: ["a": 1, "": 2, "x\"y": 3]))
        samples.add("several types tried", [Loose.int(1), .text("1"), .list([1]), .text("")])
        samples.add("a missing key", [Forgiving(a: -1, b: "x"), Forgiving(a: 1, b: "y")])
        samples.add("elements left out", [Lossy()], roundTrips: false)
        // Foundation's decoder goes 512 levels deep.
        for levels in [100, 510, 511, 512, 513, 514, 600] {
            samples.add("\(levels) levels", Nest(levels: levels), roundTrips: false)
        }
        return samples
    }

    private static var encoders: [JSONSample] {
        var samples: [JSONSample] = []
        samples.add("a superclass on the same encoder", Dog(name: "Rex", age: 3))
        samples.add("a superclass on an encoder of its own", [Cat(name: "Tom", lives: 9)])
        samples.add("encoders for single values", Referring())
        samples.add("a single value", [Celsius(degrees: 21.5)])
        samples.add("two containers of one value", [AsksTwice()])
        samples.add("a key twice", [RepeatsKey()])
        samples.add("containers by turns", [Interleaved()])
        samples.add("nothing", Silent())
        samples.add("nothing inside", Holder())
        samples.add("paths", ["a": [PathReader()]], roundTrips: false)
        samples.add("infinity left out", [Lenient(Double.infinity)], roundTrips: false)
        samples.add("control characters perhaps left out", [Lenient("\u{1}")], roundTrips: false)
        samples.add("half a value left out", [Lenient(HalfWay())], roundTrips: false)
        samples.add("what refuses left out", [Lenient(Refusing())], roundTrips: false)
        samples.add("data perhaps left out", [Lenient(Data([1]))], roundTrips: false)
        samples.add("a decimal perhaps left out", [Lenient(Decimal(1))], roundTrips: false)
        samples.add("half a value", HalfWay())
        samples.add("data past the encoder", Direct(Data([1, 2])), roundTrips: false)
        samples.add("a decimal past the encoder", [Direct(Decimal(1))], roundTrips: false)
        samples.add("links past the encoder", FoundationTypes().url.map { Direct($0) }, roundTrips: false)
        samples.add("others past the encoder", Direct([Direct(Date(timeIntervalSinceReferenceDate: 1))]))
        samples.add(
            "one name in two forms",
            Scripted { encoder in
                var container = encoder.container(keyedBy: Bag.Key.self)
                try container.encode(1, forKey: Bag.Key(stringValue: "\u{e9}"))
                try container.encode(2, forKey: Bag.Key(stringValue: "e\u{301}"))
            }, roundTrips: false)
        samples.add(
            "counts",
            Scripted { encoder in
                var first = encoder.unkeyedContainer()
                try first.encode(first.count)
                var second = encoder.unkeyedContainer()
                try second.encode(second.count)
                try first.encode(first.count)
            }, roundTrips: false)
        samples.add(
            "a value in place of a container",
            Scripted { encoder in
                var container = encoder.container(keyedBy: Bag.Key.self)
                let key = Bag.Key(stringValue: "a")
                var inner = container.nestedContainer(keyedBy: Bag.Key.self, forKey: key)
                try inner.encode(1, forKey: key)
                try container.encode(2, forKey: key)
            }, roundTrips: false)
        samples.add(
            "a container in two parts",
            Scripted { encoder in
                var container = encoder.container(keyedBy: Bag.Key.self)
                let key = Bag.Key(stringValue: "a")
                for name in ["b", "c"] {
                    var inner = container.nestedContainer(keyedBy: Bag.Key.self, forKey: key)
                    try inner.encode([name], forKey: Bag.Key(stringValue: name))
                }
            }, roundTrips: false)
        return samples
    }
}
