import Foundation
import Queuert
import Testing

/// A type that texts are read as.
struct DecodingTarget: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// How the codec differs from Foundation about a text, if it does.
    let difference: @Sendable (String) -> String?

    init<Value: Decodable & SendableMetatype>(_ type: Value.Type, isOrdered: Bool = true) {
        testDescription = "\(type)"
        difference = { decodingDifference(Value.self, $0, isOrdered: isOrdered) }
    }

    static var all: [DecodingTarget] {
        [
            DecodingTarget(Int.self), DecodingTarget(Int8.self), DecodingTarget(UInt8.self),
            DecodingTarget(UInt64.self),
            DecodingTarget(Double.self), DecodingTarget(Float.self), DecodingTarget(String.self),
            DecodingTarget(Bool.self), DecodingTarget(Int?.self), DecodingTarget([Int].self),
            DecodingTarget([Double?].self), DecodingTarget([String: Int].self, isOrdered: false),
            DecodingTarget([String: Int?].self, isOrdered: false), DecodingTarget([Int: String].self, isOrdered: false),
            DecodingTarget(Pair.self), DecodingTarget(LoosePair.self), DecodingTarget(JSONSample.Choice.self),
            DecodingTarget(Date.self), DecodingTarget(JSONTree.self, isOrdered: false),
        ]
    }
}

struct Pair: Codable { var a: Int, b: String }
struct LoosePair: Codable {
    private enum CodingKeys: String, CodingKey { case a, b, accented = "\u{e9}" }
    var a: Int?, b: String?, accented: Int?
}

enum JSONTexts {
    static let all: [String] = numbers + strings + arrays + objects + unread.map { pair(with: $0) } + others

    private static let numbers: [String] = [
        "0", "-0", "-0.0", "0.0", "-0e5", "00", "01", "-01", "1", "-1", "+1", "1.", "1.0", ".5", "-.5", "0.5", "1.5",
        "-", "--1", "- 1", "1e5", "1E5", "1E+5", "1e-5", "1e", "1e+", "1.e5", "1.5e", "1e1.5", "1e+-5", "0x10",
        "1_000", "Infinity", "-Infinity", "NaN", "nan", "inf", "100e-2", "12e-1", "1.5e1", "1.0e0", "127", "128",
        "-128", "-129", "255", "256", "300", "2147483648", "9007199254740993", "9007199254740993.0",
        "9223372036854775807", "9223372036854775808", "9223372036854775807.0", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616", "123456789012345678901234567890",
        "1e19", "1e21", "1e23", "0.1", "0.30000000000000004", "5e-324", "2e-324", "3e-324", "1e-400", "-1e-400",
        "2.2250738585072011e-308", "1.7976931348623157e308", "1.7976931348623159e308", "1e308", "1e400", "-1e400",
        "0e400", "3.4028235e38", "3.5e38", "1e-46", "16777217", "1.00000017881393432617187499",
        "1.00000017881393432617187500", "1e0000000001", "1e99999999999999999999", "0.\(zeros(400))1",
        "1\(zeros(400))", "1\(zeros(400))e-400", "1\u{0661}", "1a",
    ]

    private static let strings: [String] = [
        "\"\"", #""abc""#, #""a b/c""#, #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0041""#,
        #""\u00e9\u00E9""#, #""\ud83d\ude00""#, #""\uD83D\uDE00""#, #""\ud83d""#, #""\ude00""#, #""\ud83dx""#,
        #""\ud83d\u0041""#, #""\ud83d\ud83d""#, #""\u12""#, #""\uZZZZ""#, #""\u0000""#, #""\u""#, #""\U0041""#,
        #""\x41""#, #""\'""#, #""\a""#, #""\0""#, #""abc"#, "\"", #""\"#, #""\""#, #""a"b""#, "'a'", "abc",
        "\"a\nb\"", "\"a\tb\"", "\"a\u{0}b\"", "\"\u{1}\"", "\"\u{1f}\"", "\"\u{7f}\"", "\"\u{2028}\"",
        "\"e\u{301}\"", "\"\u{e9}\"", "\"🙂 👩‍👩‍👧\"", "\"\u{feff}\"", "\"\u{fffd}\"", "\"\u{10ffff}\"", "\"\\\u{e9}\"",
        "“a”",
    ]

    private static let arrays: [String] = [
        "[]", "[ ]", "[1]", "[1,2,3]", " [ 1 , 2 ] ", "\t\r\n[1]\r\n\t ", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]",
        "[1;2]", "[1", "[1,", "[", "]", "1]", "[1]]", "[[1]]", "[[1]", "[1}", "{1]", "[1.0]", "[1e2]", "[-0]", "[01]",
        "[-]", "[1,null]", "[null]", "[true]", "[\"1\"]", "[9223372036854775808]", "[1]x", "[1] [2]", "[1]//c",
        "/*c*/[1]", "[1/*c*/]", "#[1]", "[1\u{a0}]", "[1\u{b}]", "[\u{c}1]", "[1\u{85}]", "[1,\"\\u0031\"]", "[nul]",
        "[1,tru]", "[1,falsee]", "[1,{}]",
    ]

    private static let objects: [String] = [
        "{}", "{ }", #"{"a":1}"#, #"{"b":"x"}"#, #"{"a":1,"b":"x"}"#, #"{"b":"x","a":1}"#,
        #" { "a" : 1 , "b" : "x" } "#, #"{"a":1,"b":"x",}"#, "{,}", #"{"a"}"#, #"{"a":}"#, "{a:1}", "{'a':1}",
        #"{"a":1 "b":"x"}"#, #"{"a":1;"b":"x"}"#, #"{"a":1:"b":"x"}"#, #"{"a",1}"#, #"{"a":1,"a":2}"#,
        #"{"a":1,"b":"x","a":2}"#, #"{"a":"x","b":"x","a":1}"#, #"{"a":null,"b":"x"}"#, #"{"a":1,"b":null}"#,
        #"{"a":null}"#, #"{"a":1,"b":2}"#, #"{"a":1.0,"b":"x"}"#, #"{"a":1e400,"b":"x"}"#, #"{"a":-0,"b":"x"}"#,
        #"{"\u0061":1,"b":"x"}"#, #"{"\u0061":1}"#, #"{"a":1,"\u0061":2}"#, #"{"A":1,"b":"x"}"#, #"{"":1}"#,
        #"{"a":1"#, #"{"a":1,"#, #"{"a"#, #"{"a":"#, #"{"a":1}}"#, #"{"a":{}}"#, "{1:2}", #"{"1":"x"}"#,
        #"{"-1":"x"}"#, #"{"1":"x","x":"y"}"#, #"{"1":"x","1":"y"}"#, #"{"a\"b":1}"#, #"{"a\/b":1}"#,
        #"{"\\":1,"\n":2}"#, #"{"\b":"x","a":1}"#, "{\"a\nb\":1}", "{\"a\":1\u{0}}", #"{"nothing":{}}"#,
        #"{"nothing":1}"#, #"{"nothing":{},"other words":1}"#, #"{"nothing":{},"number":{"_0":1}}"#,
        #"{"number":{"_0":1}}"#, #"{"number":{}}"#, #"{"number":{"_0":1,"_1":2}}"#, #"{"number":null}"#,
        #"{"pair":{"x":1}}"#, #"{"pair":{"x":1,"y":null}}"#, #"{"pair":{"y":"z","x":1.0}}"#,
        #"{"other":{"_0":{"nothing":{}}}}"#,
        // One name to Swift, in two forms.
        "{\"e\u{301}\":1}", "{\"\u{e9}\":1}", "{\"\u{e9}\":1,\"e\u{301}\":2}", "{\"e\u{301}\":1,\"\u{e9}\":2}",
    ]

    /// What a member holds that no property asks for.
    private static let unread: [String] = [
        "01", "1.", "-", "1e", "1e400", #""\x""#, #""\ud83d""#, "\"\n\"", "tru", "nullx", "[1,]", "[1 2]",
        #"{"a" 1}"#, "{a:1}", #"{"d":1,"d":2}"#, "[[]", "'a'", "", nested(98), nested(99), nested(100),
    ]

    private static func pair(with unread: String) -> String { #"{"a":1,"b":"x","c":\#(unread)}"# }

    /// Texts that go deeper than Foundation or a stack allows.
    static let deep: [String] = unclosed + closed
    private static let unclosed: [String] = [600, 1_000, 100_000].map { String(repeating: "[", count: $0) }
    private static let closed: [String] = [509, 510, 511, 512, 513, 514, 600].flatMap { levels -> [String] in
        [nested(levels), pair(with: nested(levels))]
    }

    private static let others: [String] = [
        "", " ", "\n", "true", "false", "null", " null ", "True", "TRUE", "nul", "nulll", "tru", "truefalse", "true1",
        "nil", ",", ":", "1 2", "1,2", "{} {}", "\u{feff}1", "\u{feff}[1]", "\u{feff}{\"a\":1,\"b\":\"x\"}",
        "\u{feff}", "1\u{feff}", "\u{feff}\u{feff}1", " \u{feff}1", "\u{0}", "1\u{0}", "\u{0}1", "1\u{0}2\u{0}",
        "\u{0}1\u{0}2", "[\u{0}1\u{0}]\u{0}", "1\u{0}\u{0}\u{0}", "\u{0}\u{0}\u{0}1", "\"\u{0}a\u{0}\"\u{0}",
        "[1]\u{0}", nested(99), nested(100), nested(101), String(repeating: "[", count: 100),
        String(repeating: #"{"a":"#, count: 100),
    ]

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    private static func nested(_ levels: Int) -> String {
        String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }

    /// A number with any number of digits.
    static func number(using generator: inout SeededGenerator) -> String {
        func digits(_ count: Int) -> String {
            (0..<Int.random(in: 1...count, using: &generator)).map { _ in
                String(Int.random(in: 0...9, using: &generator))
            }.joined()
        }
        var text = Bool.random(using: &generator) ? "-" : ""
        text += Int.random(in: 0..<4, using: &generator) == 0 ? "0" : "\(Int.random(in: 1...9, using: &generator))"
        if Bool.random(using: &generator) { text += digits(20) }
        if Bool.random(using: &generator) { text += "." + digits(22) }
        if Bool.random(using: &generator) {
            text += ["e", "E", "e+", "e-", "E-"][Int.random(in: 0..<5, using: &generator)]
            text += digits(Bool.random(using: &generator) ? 1 : 3)
        }
        return text
    }

    /// A text with up to three bytes changed, left out, or put in; it is still Unicode.
    static func withFaults(_ text: String, using generator: inout SeededGenerator) -> String {
        let letters = Array("{}[]:,\"\\/-+.eE0123456789 tfnu\t\n\u{0}\u{1}".utf8) + [0xc3, 0xff]
        let parts = [
            #"\u0061"#, #"\n"#, "1.0", "null", #""a":"#, ",,", "e5", "\u{301}", ".5", "true", "-0", "[]", "{}", #""b""#,
        ]
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let letter = letters[Int.random(in: 0..<letters.count, using: &generator)]
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.insert(letter, at: place)
            case 1 where place < bytes.count: bytes[place] = letter
            case 2 where place < bytes.count: bytes.remove(at: place)
            default:
                let part = parts[Int.random(in: 0..<parts.count, using: &generator)]
                bytes.insert(contentsOf: part.utf8, at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
