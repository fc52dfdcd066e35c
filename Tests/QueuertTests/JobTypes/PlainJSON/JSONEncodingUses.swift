import Foundation
import Queuert

extension [JSONSample] {
    fileprivate mutating func add(_ name: String, _ script: @escaping (any Encoder) throws -> Void) {
        append(JSONSample(name, JSONSample.Scripted(script), roundTrips: false))
    }
}

extension JSONSample {
    /// What must not need Foundation, though it uses more of an encoder than most values do.
    static var encodingUses: [JSONSample] { counts + paths + order + names + failures }

    /// What only Foundation can say what comes of.
    static var leftEncodingUses: [JSONSample] { kept + mixed }

    /// A value that encodes itself by a script.
    private static func value(_ script: @escaping (any Encoder) throws -> Void) -> Scripted { Scripted(script) }

    /// Keeps something of a value for another one.
    private final class Kept<Something> { var something: Something? }

    // MARK: What counts say

    private static var counts: [JSONSample] {
        var samples: [JSONSample] = []
        samples.add("a list filled up after a member") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            var list = object.nestedUnkeyedContainer(forKey: "list")
            try object.encode(1, forKey: "n")
            try loop(while: { list.count < 3 }) {
                var element = list.nestedContainer(keyedBy: AnyKey.self)
                try element.encode(list.count, forKey: "z")
            }
        }
        samples.add("a list filled up by copies of it") { encoder in
            let list = encoder.unkeyedContainer()
            try loop(while: { list.count < 3 }) {
                var copy = list
                try copy.encode("x")
            }
        }
        samples.add("a count after a copy") { encoder in
            var list = encoder.unkeyedContainer()
            var copy = list
            try copy.encode("x")
            try list.encode(list.count)
            try copy.encode(contentsOf: [list.count, copy.count])
        }
        samples.add("counts of a list that is asked for again") { encoder in
            var first = encoder.unkeyedContainer()
            try first.encode(first.count)
            var second = encoder.unkeyedContainer()
            try second.encode(second.count)
            try first.encode(first.count)
        }
        samples.add("counts of scalars and others") { encoder in
            var list = encoder.unkeyedContainer()
            try list.encode(0.5)
            try list.encodeNil()
            try list.encode(list.count)
            try list.encode([list.count])
            try list.encode(Optional(list.count))
            try list.encode(list.count)
            try Point().encode(to: list.superEncoder())
            try list.encode(list.count)
        }
        samples.add("a count while an encoder is kept") { encoder in
            var list = encoder.unkeyedContainer()
            let last = list.superEncoder()
            var container = last.singleValueContainer()
            try container.encode(list.count)
        }
        return samples
    }

    // MARK: What paths say

    /// Encodes its path.
    private static var located: Scripted {
        value { encoder in
            var container = encoder.singleValueContainer()
            try container.encode([pathText(encoder.codingPath), pathText(container.codingPath)])
        }
    }

    private static var paths: [JSONSample] {
        var samples: [JSONSample] = []
        samples.append(JSONSample("paths of values", ["a": [located, located], "5": [located]], roundTrips: false))
        samples.append(JSONSample("a path of none", located, roundTrips: false))
        samples.add("paths of containers") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            var list = object.nestedUnkeyedContainer(forKey: "a \"b\"\n")
            try list.encode([pathText(object.codingPath), pathText(list.codingPath)])
            var inner = list.nestedContainer(keyedBy: AnyKey.self)
            try inner.encode(pathText(inner.codingPath), forKey: "c")
        }
        samples.add("paths of encoders for values") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            try located.encode(to: object.superEncoder(forKey: "a"))
            try located.encode(to: object.superEncoder())
            try object.encode(located, forKey: "\u{1}")
        }
        return samples
    }

    // MARK: In which order it comes

    private static var order: [JSONSample] {
        var samples: [JSONSample] = []
        samples.append(JSONSample("containers by turns", Interleaved()))
        samples.append(JSONSample("two containers of one value", AsksTwice()))
        samples.append(JSONSample("a superclass on an encoder of its own", [Cat(name: "Tom", lives: 9)]))
        samples.append(JSONSample("encoders for single values", [Referring(), Referring()]))
        samples.append(JSONSample("nothing inside", Holder()))
        samples.append(JSONSample("Foundation's types", FoundationTypes()))
        samples.append(
            JSONSample("links past the encoder", FoundationTypes().url.map { Direct($0) }, roundTrips: false))
        samples.add("values in a superclass's encoder") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            let parent = object.superEncoder()
            var inner = parent.container(keyedBy: AnyKey.self)
            try object.encode(1, forKey: "before")
            try inner.encode(["x": Point()], forKey: "inner")
            try inner.encode(Optional(2), forKey: "number")
        }
        samples.add("encoders that nothing is encoded to") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            _ = object.superEncoder()
            var list = object.nestedUnkeyedContainer(forKey: "list")
            _ = list.superEncoder()
            try list.encode(Silent())
            try list.encode(Optional(Silent()))
        }
        samples.add("a value that goes on with another's object") { encoder in
            var container = encoder.singleValueContainer()
            try container.encode(["a": 1])
            var object = encoder.container(keyedBy: AnyKey.self)
            try object.encode(2, forKey: "b")
        }
        samples.add("an object that is filled in two ways") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            try object.encode(["x": 1], forKey: "a")
            var inner = object.nestedContainer(keyedBy: AnyKey.self, forKey: "a")
            try inner.encode(2, forKey: "y")
            try object.encode(["z": 3], forKey: "a")
        }
        return samples
    }

    // MARK: Names

    private static var names: [JSONSample] {
        var samples: [JSONSample] = []
        samples.append(JSONSample("a key twice", [RepeatsKey()]))
        samples.append(JSONSample("names that aren't ASCII", ["ü": 4, "\u{212A}": 5, "a": 6]))
        samples.append(
            JSONSample("control characters", ["\u{1}": "\u{8}\u{c}\u{1f}\u{0}\u{b}\r", "\"": "\"\\/", "\n": "\t"]))
        samples.add("one name in two forms") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            try object.encode(1, forKey: "K")
            try object.encode(2, forKey: "\u{E9}")
            try object.encode(3, forKey: "\u{212A}")
            try object.encode(4, forKey: "e\u{301}")
        }
        samples.add("many names, some twice") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            for number in 0..<200 { try object.encode(number, forKey: AnyKey(stringValue: "name \(number % 77)")) }
            var inner = object.nestedContainer(keyedBy: AnyKey.self, forKey: "inner")
            try inner.encode(1, forKey: "a")
            inner = object.nestedContainer(keyedBy: AnyKey.self, forKey: "inner")
            try inner.encode(2, forKey: "b")
        }
        return samples
    }

    // MARK: Failures

    private static var failures: [JSONSample] {
        var samples: [JSONSample] = []
        samples.append(JSONSample("what refuses left out", [Lenient(Refusing())], roundTrips: false))
        samples.append(JSONSample("infinity left out", [Lenient(Double.infinity)], roundTrips: false))
        samples.add("errors that are looked at") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            let found = [
                outcome { try object.encode(Double.nan, forKey: "a") },
                outcome { try object.encode(-Float.infinity, forKey: "b") },
                outcome { try object.encode(Date(timeIntervalSinceReferenceDate: .infinity), forKey: "c") },
                outcome { try object.encode(Refusing(), forKey: "d") },
            ]
            try object.encode(found, forKey: "found")
        }
        samples.add("an element that can't be encoded counts for nothing") { encoder in
            var list = encoder.unkeyedContainer()
            try list.encode(1)
            let found = outcome { try list.encode(Double.infinity) }
            try list.encode("\(found) \(list.count)")
        }
        return samples
    }

    // MARK: What is left to Foundation

    private static var kept: [JSONSample] {
        var samples: [JSONSample] = []
        samples.add("an encoder kept for the next value") { encoder in
            let kept = Kept<any Encoder>()
            var list = encoder.unkeyedContainer()
            try list.encode(
                value { encoder in
                    kept.something = encoder
                    var object = encoder.container(keyedBy: AnyKey.self)
                    try object.encode(1, forKey: "a")
                })
            try list.encode(
                value { encoder in
                    var object = encoder.container(keyedBy: AnyKey.self)
                    try object.encode(2, forKey: "b")
                    var earlier = kept.something?.container(keyedBy: AnyKey.self)
                    try earlier?.encode(3, forKey: "z")
                })
        }
        samples.add("a container kept after its value") { encoder in
            let kept = Kept<any UnkeyedEncodingContainer>()
            var object = encoder.container(keyedBy: AnyKey.self)
            try object.encode(value { kept.something = $0.unkeyedContainer() }, forKey: "a")
            try kept.something?.encode("lost")
            try object.encode(kept.something?.count, forKey: "count")
        }
        samples.add("an element's encoder kept while others come") { encoder in
            var list = encoder.unkeyedContainer()
            var first: (any Encoder)? = list.superEncoder()
            try list.encode(list.count)
            try Point().encode(to: first ?? encoder)
            first = nil
            try list.encode(list.count)
        }
        return samples
    }

    private static var mixed: [JSONSample] {
        var samples: [JSONSample] = []
        samples.append(JSONSample("half a value left out", [Lenient(HalfWay())], roundTrips: false))
        samples.append(JSONSample("600 levels", Nest(levels: 600), roundTrips: false))
        samples.add("an object, and then a value") { encoder in
            var object = encoder.container(keyedBy: AnyKey.self)
            try object.encode(1, forKey: "a")
            var container = encoder.singleValueContainer()
            try container.encode(2)
        }
        return samples
    }
}
