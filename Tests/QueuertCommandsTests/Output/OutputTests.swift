#if CommandLine
import Foundation
import Queuert
import Testing

@testable import QueuertCommands

@Suite("What is printed") struct OutputTests {
    @Test("JSON keeps its order, and any text comes back as it was")
    func json() throws {
        let odd =
            "quote \" backslash \\ newline \n tab \t nul \0 escape \u{1b}[2J next line \u{85} ünïcode 🧵 / </script>"
        let value: JSONValue = [
            "z": .string(odd), "a": [], "m": ["x": .null, "y": 7, "n": true, "d": .number(0.25)] as JSONValue,
            "l": ["1", "2"],
        ]
        let text = value.text
        #expect(text.hasPrefix("{\n  \"z\": "))
        #expect(text.contains("\"l\": [\n    \"1\",\n    \"2\"\n  ]"))
        #expect(!text.contains("\u{1b}") && !text.contains("\u{85}"))
        let read = JSONReading(value: try JSONSerialization.jsonObject(with: Data(text.utf8)))
        #expect(read["z"].text == odd)
        #expect(read["m"]["x"].isNull)
        #expect(read["m"]["y"].number == 7)
        #expect((read["m"]["d"].value as? NSNumber)?.doubleValue == 0.25)
        #expect(JSONValue.object([]).text == "{}")
    }

    @Test("a table's columns are as wide as their texts, and no text moves the cursor")
    func table() {
        var table = TextTable("JOB", "TYPE", "STATUS")
        table.add("1", "a longer one", "ready")
        table.add("1000", "b\u{1b}[31m\n", "")
        #expect(
            table.lines == [
                "JOB   TYPE           STATUS", "1     a longer one   ready", "1000  b\\u{1b}[31m\\n  ",
            ])
    }

    @Test(
        "moments",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
            (1_893_542_399_999_999, "2030-01-01T23:59:59.999999Z"),
        ])
    func moment(_ microseconds: Int64, _ text: String) {
        #expect(TimestampText.exact(Timestamp(microseconds: microseconds)) == text)
    }

    @Test(
        "lengths of time",
        arguments: [
            (0, "0s"), (59, "59s"), (60, "1m"), (3_661, "1h 1m"), (86_400, "1d"), (90_061, "1d 1h"), (-3_600, "-1h"),
        ])
    func duration(_ seconds: Int, _ text: String) { #expect(DurationText.short(.seconds(seconds)) == text) }

    @Test("a moment with how far it is from now")
    func relative() {
        let now = Timestamp(microseconds: 1_893_456_000_000_000)
        #expect(TimestampText.relative(now + .seconds(90), to: now) == "2030-01-01 00:01:30Z (in 1m 30s)")
        #expect(TimestampText.relative(now + .seconds(-1), to: now) == "2029-12-31 23:59:59Z (1s ago)")
    }

    @Test(
        "a moment as people see it is taken back, to the second",
        arguments: [0, -1_000_000, 951_782_400_000_000, 1_893_542_399_000_000] as [Int64])
    func takenBack(_ microseconds: Int64) {
        let moment = Timestamp(microseconds: microseconds)
        let text = TimestampText.plain(moment + .microseconds(999_999))
        #expect(TimeArgument(argument: text) == .at(moment))
    }

    @Test(
        "the identifier of a trace is taken out of a context only where there is one",
        arguments: [
            ("00-\(Traces.job)-00f067aa0ba902b7-01", Traces.job), ("00-short-00f067aa0ba902b7-01", nil), ("", nil),
            ("secret text", nil),
        ] as [(String, String?)])
    func trace(_ context: String, _ id: String?) { #expect(TraceID.of(context) == id) }
}
#endif
