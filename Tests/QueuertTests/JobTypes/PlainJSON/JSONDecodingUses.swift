import Foundation
import Queuert

extension JSONDecodingUse {
    static let all: [JSONDecodingUse] = loops + elements + containers + paths + failures + kept

    // MARK: Loops over what may not be readable

    private static let loops: [JSONDecodingUse] = [
        JSONDecodingUse("elements left out by superDecoder()", #"[{"a":1},{"b":2},7,null,{"a":3}]"#) { decoder in
            var container = try decoder.unkeyedContainer()
            var found: [String] = []
            try loop(while: { !container.isAtEnd }) {
                let element = try container.superDecoder()
                if let pair = try? [String: Int](from: element) { found.append(outline(pair)) }
                found.append("\(container.currentIndex) \(pathText(element.codingPath))")
            }
            return found + [outcome { try container.superDecoder().codingPath.count }]
        },
        JSONDecodingUse("links", #"["a:b","c/d"]"#) { decoder in try readAll(URL.self, from: decoder) },
        JSONDecodingUse("data", #"["AQID",""]"#) { decoder in try readAll(Data.self, from: decoder) },
        JSONDecodingUse("decimals", "[1.25,-3,1e2]") { decoder in try readAll(Decimal.self, from: decoder) },
        JSONDecodingUse("dates", "[1.25,-3]") { decoder in try readAll(Date.self, from: decoder) },
        JSONDecodingUse("whole numbers in odd forms", "[1.0,-0,1e2,0.0,9007199254740993,100e-2]") { decoder in
            try readAll(Int.self, from: decoder)
        },
        JSONDecodingUse("wide whole numbers", "[1.0,170141183460469231731687303715884105727]") { decoder in
            try readAll(Int128.self, from: decoder)
        },
        JSONDecodingUse("subnormal numbers", "[5e-324,2.5e-310,-0.0]") { decoder in
            try readAll(Double.self, from: decoder)
        },
        JSONDecodingUse("small single numbers", "[1e-45,1e-40]") { decoder in try readAll(Float.self, from: decoder) },
        JSONDecodingUse("a number that is no link", #"["a:b",1,"c:d"]"#) { decoder in
            var container = try decoder.unkeyedContainer()
            var found: [String] = []
            try loop(while: { !container.isAtEnd }) {
                if let url = try? container.decode(URL.self) {
                    found.append(outline(url))
                } else {
                    found.append(outcome { try container.decode(Int.self) })
                }
            }
            return found
        },
        JSONDecodingUse("always three", "[1,2]") { decoder in
            var container = try decoder.unkeyedContainer()
            var found: [String] = []
            try loop(while: { container.currentIndex < 3 }) {
                found.append(outline(try container.decodeIfPresent(Int.self) as Any))
            }
            return found
        },
    ]

    private static func readAll<Element: Decodable>(_: Element.Type, from decoder: any Decoder) throws -> [String] {
        var container = try decoder.unkeyedContainer()
        var found: [String] = []
        try loop(while: { !container.isAtEnd }) {
            if let element = try? container.decode(Element.self) { found.append(outline(element)) }
        }
        return found
    }

    // MARK: Elements

    private static let elements: [JSONDecodingUse] = [
        JSONDecodingUse("elements that are missing", "[]") { decoder in
            var container = try decoder.unkeyedContainer()
            return [
                outcome { try container.decodeIfPresent(Bool.self) as Any },
                outcome { try container.decodeIfPresent(String.self) as Any },
                outcome { try container.decodeIfPresent(Double.self) as Any },
                outcome { try container.decodeIfPresent(UInt8.self) as Any },
                outcome { try container.decodeIfPresent(URL.self) as Any },
                outcome { try container.decodeIfPresent([Int].self) as Any },
                "\(container.currentIndex)", "\(container.isAtEnd)",
            ]
        },
        JSONDecodingUse("elements that are null or of another type", #"[null,1,null,"x",[null,2]]"#) { decoder in
            var container = try decoder.unkeyedContainer()
            return [
                outcome { try container.decodeIfPresent(Bool.self) as Any },
                outcome { try container.decodeIfPresent(Bool.self) as Any }, "\(container.currentIndex)",
                outcome { try container.decodeIfPresent(Int.self) as Any },
                outcome { try container.decodeIfPresent(Date.self) as Any }, "\(container.currentIndex)",
                outcome { try container.decodeNil() }, "\(container.currentIndex)",
                outcome { try container.decodeIfPresent(URL.self) as Any },
                outcome { try container.decodeIfPresent([Int?].self) as Any }, "\(container.currentIndex)",
            ]
        },
        JSONDecodingUse("what comes after the end", "[1]") { decoder in
            var container = try decoder.unkeyedContainer()
            return [
                outcome { try container.decode(Int.self) }, outcome { try container.decode(Int.self) },
                outcome { try container.decode(URL.self) }, outcome { try container.decodeNil() },
                outcome { try container.nestedUnkeyedContainer().count as Any },
                outcome { try container.nestedContainer(keyedBy: AnyKey.self).allKeys.count },
                outcome { try container.superDecoder().codingPath.count }, "\(container.currentIndex)",
            ]
        },
        JSONDecodingUse("a copy of a container goes its own way", "[1,2,3]") { decoder in
            var container = try decoder.unkeyedContainer()
            _ = try container.decode(Int.self)
            var copy = container
            return [
                outcome { try copy.decode(Int.self) }, outcome { try copy.decode(Int.self) },
                outcome { try container.decode(Int.self) }, "\(copy.currentIndex) \(container.currentIndex)",
            ]
        },
    ]

    // MARK: Containers

    private static let containers: [JSONDecodingUse] = [
        JSONDecodingUse("decoders for members", #"{"a":{"b":1},"super":[2]}"#) { decoder in
            let container = try decoder.container(keyedBy: AnyKey.self)
            let (own, none) = (try container.superDecoder(forKey: "a"), try container.superDecoder(forKey: "none"))
            return [
                outcome { try [String: Int](from: own) }, pathText(own.codingPath),
                outcome { try [Int](from: container.superDecoder()) },
                pathText(try container.superDecoder().codingPath),
                outcome { try none.singleValueContainer().decodeNil() }, pathText(none.codingPath),
                outcome { try none.singleValueContainer().decode(Int.self) },
                outcome { try none.container(keyedBy: AnyKey.self).allKeys.count },
            ]
        },
        JSONDecodingUse("no superclass", #"{"a":{"b":{}}}"#) { decoder in
            let container = try decoder.container(keyedBy: AnyKey.self)
                .nestedContainer(keyedBy: AnyKey.self, forKey: "a")
            let none = try container.superDecoder()
            return [pathText(none.codingPath), outcome { try none.unkeyedContainer().count as Any }]
        },
        JSONDecodingUse("names that are equal in another form", #"{"K":1,";":2,"`":3,"a":4}"#) { decoder in
            let container = try decoder.container(keyedBy: AnyKey.self)
            return ["\u{212A}", "\u{37E}", "\u{1FEF}", "\u{E4}", "K"].flatMap { name -> [String] in
                let key = AnyKey(stringValue: name)
                return [
                    "\(container.contains(key))",
                    outcome { try container.decodeIfPresent(Int.self, forKey: key) as Any },
                    outcome { try container.decodeNil(forKey: key) },
                ]
            }
        },
        JSONDecodingUse("many names in any order", object(of: 500)) { decoder in
            let container = try decoder.container(keyedBy: AnyKey.self)
            var found = container.allKeys.map(\.stringValue).sorted()
            for number in stride(from: 499, through: 0, by: -3) {
                found.append(outcome { try container.decode(Int.self, forKey: AnyKey(stringValue: "name \(number)")) })
            }
            return found + ["\(container.contains("name 500"))", "\(container.contains("name \u{212A}"))"]
        },
        JSONDecodingUse("members that are objects by turns", #"{"a":{"x":1,"y":2},"b":{"x":3},"c":null}"#) { decoder in
            let outer = try decoder.container(keyedBy: AnyKey.self)
            let a = try outer.nestedContainer(keyedBy: AnyKey.self, forKey: "a")
            let b = try outer.nestedContainer(keyedBy: AnyKey.self, forKey: "b")
            return [
                outcome { try a.decode(Int.self, forKey: "y") }, outcome { try b.decode(Int.self, forKey: "x") },
                outcome { try outer.decodeIfPresent(Pair.self, forKey: "c") as Any },
                outcome { try a.decode(Int.self, forKey: "x") }, outcome { try b.decode(Int.self, forKey: "y") },
            ]
        },
    ]

    private static func object(of count: Int) -> String {
        "{" + (0..<count).map { #""name \#($0)":\#($0)"# }.joined(separator: ",") + "}"
    }

    // MARK: Paths

    private static let paths: [JSONDecodingUse] = [
        JSONDecodingUse("paths of containers", #"{"a":[{"b":[1,[2]]}]}"#) { decoder in
            let outer = try decoder.container(keyedBy: AnyKey.self)
            var list = try outer.nestedUnkeyedContainer(forKey: "a")
            let element = try list.nestedContainer(keyedBy: AnyKey.self)
            var inner = try element.nestedUnkeyedContainer(forKey: "b")
            _ = try inner.decode(Int.self)
            let last = try inner.nestedUnkeyedContainer()
            let paths = [
                decoder.codingPath, outer.codingPath, list.codingPath, element.codingPath, inner.codingPath,
                last.codingPath, try decoder.singleValueContainer().codingPath,
            ]
            return paths.map { pathText($0) }
        },
        JSONDecodingUse("paths of values", #"{"a":{"x":[1,{"y":2}]},"b":{"5":[3]}}"#) { decoder in
            let container = try decoder.container(keyedBy: AnyKey.self)
            let a = try container.decode([String: [Located]].self, forKey: "a")
            let b = try container.decode([Int: [Located]].self, forKey: "b")
            return a.values.flatMap { $0 }.map(\.path) + b.values.flatMap { $0 }.map(\.path)
        },
        JSONDecodingUse("the name of a member", #"{"x":1,"y":2}"#) { decoder in
            try [String: Named](from: decoder).values.map { "\($0.name) \($0.number)" }.sorted()
        },
    ]

    /// Knows where it was.
    private struct Located: Decodable {
        let path: String
        init(from decoder: any Decoder) throws { path = pathText(decoder.codingPath) }
    }

    /// Is named as its member.
    private struct Named: Decodable {
        let name: String, number: Int
        init(from decoder: any Decoder) throws {
            number = try decoder.singleValueContainer().decode(Int.self)
            name = decoder.codingPath.last?.stringValue ?? "none"
        }
    }

    // MARK: Failures

    private static let failures: [JSONDecodingUse] = [
        "null", "true", "1", "1.5", "-1", "300", "1e400", #""x""#, #""AQID""#, #""\n""#, "[]", "[1]", "{}", #"{"x":1}"#,
    ].flatMap { value in
        [
            JSONDecodingUse("\(value) as a member", #"{"list":[{"a":\#(value)}]}"#) { decoder in
                var list = try decoder.container(keyedBy: AnyKey.self).nestedUnkeyedContainer(forKey: "list")
                let container = try list.nestedContainer(keyedBy: AnyKey.self)
                return [
                    outcome { try container.decode(Bool.self, forKey: "a") },
                    outcome { try container.decode(String.self, forKey: "a") },
                    outcome { try container.decode(Int8.self, forKey: "a") },
                    outcome { try container.decode(UInt.self, forKey: "a") },
                    outcome { try container.decode(Float.self, forKey: "a") },
                    outcome { try container.decode(URL.self, forKey: "a") },
                    outcome { try container.decode(Data.self, forKey: "a") },
                    outcome { try container.decode(Decimal.self, forKey: "a") },
                    outcome { try container.decode(Date.self, forKey: "a") },
                    outcome { try container.decode([Int8].self, forKey: "a") },
                    outcome { try container.decode([String: Bool].self, forKey: "a") },
                    outcome { try container.decode(Int.self, forKey: "b") },
                    outcome { try container.decode(URL.self, forKey: "b") },
                    outcome { try container.decodeNil(forKey: "b") },
                    outcome { try container.nestedContainer(keyedBy: AnyKey.self, forKey: "a").allKeys.count },
                    outcome { try container.nestedUnkeyedContainer(forKey: "a").count as Any },
                ]
            },
            JSONDecodingUse("\(value) as an element", "[\(value)]") { decoder in
                let types: [any Decodable.Type] = [
                    Bool.self, String.self, Int.self, UInt8.self, Double.self, URL.self, Data.self, Decimal.self,
                    Date.self,
                    [Int].self, Pair.self, JSONSample.Level.self, JSONSample.Colour.self, Int?.self, Int128.self,
                ]
                return try types.map { type in
                    var container = try decoder.unkeyedContainer()
                    return outcome { try container.decode(type) as Any } + " \(container.currentIndex)"
                }
            },
            JSONDecodingUse("\(value) alone", value) { decoder in
                let container = try decoder.singleValueContainer()
                return [
                    outcome { try container.decode(Bool.self) }, outcome { try container.decode(String.self) },
                    outcome { try container.decode(Int16.self) }, outcome { try container.decode(UInt64.self) },
                    outcome { try container.decode(Double.self) }, outcome { try container.decode(URL.self) },
                    outcome { try container.decode([Int].self) }, outcome { try container.decode(Pair.self) },
                    outcome { try decoder.unkeyedContainer().count as Any },
                    outcome { try decoder.container(keyedBy: AnyKey.self).allKeys.count },
                ]
            },
        ]
    }

    // MARK: Decoders that are kept

    /// Keeps the decoder that it was given.
    private struct Keeping: Decodable {
        let decoder: any Decoder
        init(from decoder: any Decoder) throws { self.decoder = decoder }
    }

    private static let kept: [JSONDecodingUse] = [
        JSONDecodingUse(
            "a decoder that is used when all is decoded", #"{"u":"a:b","n":1.0,"s":"x","l":[1]}"#,
            afterwards: { decoder in
                let container = try decoder.container(keyedBy: AnyKey.self)
                var list = try container.nestedUnkeyedContainer(forKey: "l")
                return [
                    outcome { try container.decode(URL.self, forKey: "u") },
                    outcome { try container.decode(Int.self, forKey: "n") },
                    outcome { try container.decode(Int.self, forKey: "s") },
                    outcome { try list.decode(String.self) }, outcome { try list.decode(Int.self) },
                    pathText(decoder.codingPath),
                ]
            }, { _ in [] }),
        JSONDecodingUse("a member's decoder used by its object", #"{"a":1,"p":{"a":2}}"#) { decoder in
            let container = try decoder.container(keyedBy: AnyKey.self)
            let inner = try container.decode(Keeping.self, forKey: "p").decoder
            return [
                outcome { try inner.container(keyedBy: AnyKey.self).decode(Int.self, forKey: "a") },
                pathText(inner.codingPath),
            ]
        },
        JSONDecodingUse("a single value's container used later", "[[1],2]") { decoder in
            var container = try decoder.unkeyedContainer()
            let list = try container.decode(Keeping.self).decoder.singleValueContainer()
            return [outcome { try list.decode([Int].self) }, outcome { try list.decode(JSONTree.self) }]
        },
    ]
}
