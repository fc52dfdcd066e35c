import Foundation

extension JSONSample {
    struct Integers: Codable {
        var int = Int.min, int8 = Int8.min, int16 = Int16.min, int32 = Int32.min, int64 = Int64.min
        var uint = UInt.min, uint8 = UInt8.min, uint16 = UInt16.min, uint32 = UInt32.min, uint64 = UInt64.min
        static var greatest: Integers {
            Integers(
                int: .max, int8: .max, int16: .max, int32: .max, int64: .max,
                uint: .max, uint8: .max, uint16: .max, uint32: .max, uint64: .max)
        }
    }
    struct Optionals: Codable {
        var number: Int?, double: Double?, text: String?, flag: Bool?, list: [Int?]?, point: Point?, colour: Colour?
        var date: Date?, byName: [String: Int]?
        static var full: Optionals {
            Optionals(
                number: 1, double: 0.5, text: "x", flag: false, list: [1, nil], point: Point(), colour: .green,
                date: Date(timeIntervalSinceReferenceDate: 2.5), byName: ["a": 1])
        }
    }
    struct Point: Codable { var x = 1.5, y = -2.0 }
    struct Empty: Codable {}
    struct Order: Codable {
        var id = 7, customer = "Änne", note: String?
        var lines = [Line(), Line(count: 0, prices: [], labels: [:])]
        var corner = Point(), colour = Colour.red, level = Level.high, choice = Choice.pair(x: 1, y: "z"), paid = true
        var at = Date(timeIntervalSinceReferenceDate: 754_700_000.125)
    }
    struct Line: Codable { var count = 2, prices = [0.5, 12], labels = ["a": ["b", "c"], "d": []] }
    enum Colour: String, Codable { case red, green = "gr\"ün" }
    enum Level: Int, Codable { case low = -1, high = 1_000 }
    indirect enum Choice: Codable {
        case nothing, number(Int), pair(x: Int, y: String?), place(Point), other(Choice)
        static var all: [Choice] {
            [.nothing, .number(1), .pair(x: 1, y: nil), .pair(x: 2, y: "z"), .place(Point()), .other(.number(2))]
        }
    }
}

// MARK: Types that use more of Codable

extension JSONSample {
    struct WideIntegers: Codable { var low = Int128.min, high = UInt128.max }
    struct FoundationTypes: Codable {
        var data = Data([1, 2, 3, 0xff]), decimal = Decimal(sign: .plus, exponent: -2, significand: 1_995)
        var url = URL(string: "https://example.com/a%20b?c=d"), noURL: URL?
        var id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255))
    }

    class Animal: Codable {
        var name: String
        init(name: String) { self.name = name }
    }
    final class Dog: Animal {
        private enum CodingKeys: CodingKey { case age }
        var age: Int
        init(name: String, age: Int) {
            self.age = age
            super.init(name: name)
        }
        required init(from decoder: any Decoder) throws {
            age = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .age)
            try super.init(from: decoder)
        }
        override func encode(to encoder: any Encoder) throws {
            try super.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(age, forKey: .age)
        }
    }
    final class Cat: Animal {
        private enum CodingKeys: CodingKey { case lives }
        var lives: Int
        init(name: String, lives: Int) {
            self.lives = lives
            super.init(name: name)
        }
        required init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            lives = try container.decode(Int.self, forKey: .lives)
            try super.init(from: container.superDecoder())
        }
        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try super.encode(to: container.superEncoder())
            try container.encode(lives, forKey: .lives)
        }
    }
    struct Referring: Codable {
        private enum CodingKeys: CodingKey { case inner, list }
        var inner = Point(), list = [Point(), Point(x: 0, y: 0.25)]
        init() {}
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            inner = try Point(from: container.superDecoder(forKey: .inner))
            var elements = try container.nestedUnkeyedContainer(forKey: .list)
            list = []
            while !elements.isAtEnd { list.append(try Point(from: elements.superDecoder())) }
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try inner.encode(to: container.superEncoder(forKey: .inner))
            var elements = container.nestedUnkeyedContainer(forKey: .list)
            for point in list { try point.encode(to: elements.superEncoder()) }
        }
    }

    struct Celsius: Codable {
        var degrees: Double
        init(degrees: Double) { self.degrees = degrees }
        init(from decoder: any Decoder) throws { degrees = try decoder.singleValueContainer().decode(Double.self) }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(degrees)
        }
    }
    struct AsksTwice: Codable {
        private enum First: CodingKey { case a, nested }
        private enum Second: CodingKey { case b, nested }
        var a = 1, b = "x", c = [2, 3]
        init() {}
        init(from decoder: any Decoder) throws {
            let first = try decoder.container(keyedBy: First.self)
            let second = try decoder.container(keyedBy: Second.self)
            b = try second.decode(String.self, forKey: .b)
            a = try first.decode(Int.self, forKey: .a)
            c = try second.decode([Int].self, forKey: .nested)
        }
        func encode(to encoder: any Encoder) throws {
            var first = encoder.container(keyedBy: First.self)
            try first.encode(a, forKey: .a)
            var second = encoder.container(keyedBy: Second.self)
            try second.encode(b, forKey: .b)
            var start = first.nestedUnkeyedContainer(forKey: .nested)
            try start.encode(c[0])
            var rest = second.nestedUnkeyedContainer(forKey: .nested)
            try rest.encode(contentsOf: c.dropFirst())
        }
    }
    struct RepeatsKey: Codable {
        private enum CodingKeys: CodingKey { case a, b }
        var a = 2, b = "x"
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode("first", forKey: .a)
            try container.encode(["second"], forKey: .b)
            try container.encode(a, forKey: .a)
            try container.encode(b, forKey: .b)
        }
    }
    struct Interleaved: Codable {
        private enum CodingKeys: CodingKey { case left, middle, right }
        var numbers = [1, 2, 3, 4, 5, 6]
        init() {}
        init(from decoder: any Decoder) throws {
            let outer = try decoder.container(keyedBy: CodingKeys.self)
            var right = try outer.nestedUnkeyedContainer(forKey: .right)
            let left = try outer.nestedContainer(keyedBy: CodingKeys.self, forKey: .left)
            let second = try right.decode(Int.self)
            let first = try left.decode(Int.self, forKey: .left)
            var deep = try right.nestedUnkeyedContainer()
            let fifth = try right.decode(Int.self)
            let fourth = try left.decode(Int.self, forKey: .right)
            let third = try outer.decode(Int.self, forKey: .middle)
            numbers = [first, second, third, fourth, fifth, try deep.decode(Int.self)]
        }
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: CodingKeys.self)
            var left = outer.nestedContainer(keyedBy: CodingKeys.self, forKey: .left)
            var right = outer.nestedUnkeyedContainer(forKey: .right)
            try left.encode(numbers[0], forKey: .left)
            try right.encode(numbers[1])
            try outer.encode(numbers[2], forKey: .middle)
            try left.encode(numbers[3], forKey: .right)
            var deep = right.nestedUnkeyedContainer()
            try right.encode(numbers[4])
            try deep.encode(numbers[5])
        }
    }
    /// Asks for no container.
    struct Silent: Codable {
        init() {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {}
    }
    /// Asks for a container that it puts nothing in.
    struct Asking: Codable {
        init() {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws { _ = encoder.unkeyedContainer() }
    }
    struct Holder: Codable { var silent = [Silent()], asking = Asking(), one = Silent(), after = 1 }

    struct PathReader: Codable {
        private enum CodingKeys: CodingKey { case outer, inner }
        var path: [String] = []
        init() {}
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            path = decoder.codingPath.map(\.stringValue) + (try container.decode([String].self, forKey: .outer))
            var inner = try container.nestedUnkeyedContainer(forKey: .inner)
            path += inner.codingPath.map(\.stringValue) + (try inner.decode([String].self))
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(encoder.codingPath.map(\.stringValue), forKey: .outer)
            var inner = container.nestedUnkeyedContainer(forKey: .inner)
            try inner.encode(inner.codingPath.map(\.stringValue))
        }
    }
    enum Loose: Codable {
        case int(Int), text(String), list([Int])
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .int(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .list(try container.decode([Int].self))
            }
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .int(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .list(let list): try container.encode(list)
            }
        }
    }
    /// Does without a number that isn't there.
    struct Forgiving: Codable {
        private enum CodingKeys: CodingKey { case a, b }
        var a: Int, b: String
        init(a: Int, b: String) { (self.a, self.b) = (a, b) }
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            do { a = try container.decode(Int.self, forKey: .a) } catch DecodingError.keyNotFound { a = -1 }
            b = try container.decode(String.self, forKey: .b)
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            if a >= 0 { try container.encode(a, forKey: .a) }
            try container.encode(b, forKey: .b)
        }
    }
    /// Leaves out what can't be encoded.
    struct Lenient<Odd: Codable>: Codable {
        private enum CodingKeys: CodingKey { case odd, kept, list }
        var odd: Odd?, kept = 1, listed: Int?
        init(_ odd: Odd) { self.odd = odd }
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            odd = try? container.decode(Odd.self, forKey: .odd)
            kept = try container.decode(Int.self, forKey: .kept)
            listed = try container.nestedUnkeyedContainer(forKey: .list).count
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try? container.encode(odd, forKey: .odd)
            try container.encode(kept, forKey: .kept)
            var elements = container.nestedUnkeyedContainer(forKey: .list)
            try? elements.encode(odd)
            try elements.encode(kept)
        }
    }
    struct Stop: Error {}
    /// Writes a part of itself, and then refuses.
    struct HalfWay: Codable {
        private enum CodingKeys: CodingKey { case part }
        init() {}
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(1, forKey: .part)
            throw Stop()
        }
    }
    /// Refuses before it writes anything.
    struct Refusing: Codable {
        init() {}
        init(from decoder: any Decoder) throws { throw Stop() }
        func encode(to encoder: any Encoder) throws { throw Stop() }
    }
    /// Has another value encode itself to its own encoder, past what the encoder does for values of that type.
    struct Direct<Wrapped: Codable>: Codable {
        var wrapped: Wrapped
        init(_ wrapped: Wrapped) { self.wrapped = wrapped }
        init(from decoder: any Decoder) throws { wrapped = try Wrapped(from: decoder) }
        func encode(to encoder: any Encoder) throws { try wrapped.encode(to: encoder) }
    }
    /// Encodes itself by a script, and reads any JSON.
    struct Scripted: Codable, Outlined {
        var script: ((any Encoder) throws -> Void)?
        var read: JSONTree?
        init(_ script: @escaping (any Encoder) throws -> Void) { self.script = script }
        init(from decoder: any Decoder) throws { read = try JSONTree(from: decoder) }
        func encode(to encoder: any Encoder) throws { try script?(encoder) }
        var outline: String { read?.outline ?? "not read" }
    }
    /// Reads only the numbers of a list.
    struct Lossy: Codable {
        var numbers: [Int] = []
        init() {}
        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            while !container.isAtEnd {
                if let number = try? container.decode(Int.self) {
                    numbers.append(number)
                } else if try !container.decodeNil() {
                    _ = try container.decode(Silent.self)
                }
            }
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(1)
            try container.encode("x")
            try container.encodeNil()
            try container.encode(2.5)
            try container.encode(2.0)
            try container.encode(Point())
            try container.encode([3])
            try container.encode(4)
        }
    }
    struct Bag: Codable {
        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { return nil }
        }
        var entries: [String: Int]
        init(entries: [String: Int]) { self.entries = entries }
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            entries = [:]
            for key in container.allKeys { entries[key.stringValue] = try container.decode(Int.self, forKey: key) }
            if container.contains(Key(stringValue: "missing")) { entries = [:] }
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for (key, value) in entries { try container.encode(value, forKey: Key(stringValue: key)) }
        }
    }
    final class Nest: Codable, Outlined {
        let inner: Nest?
        init(inner: Nest?) { self.inner = inner }
        convenience init(levels: Int) {
            var inner: Nest?
            for _ in 1..<levels { inner = Nest(inner: inner) }
            self.init(inner: inner)
        }
        var outline: String {
            var levels = 1, next = inner
            while let level = next { (levels, next) = (levels + 1, level.inner) }
            return "\(levels) levels"
        }
    }
}
