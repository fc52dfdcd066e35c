#if CommandLine
import Queuert
import Testing

@testable import QueuertCommands

@Suite("What arguments mean") struct ArgumentTests {
    @Test(
        "addresses",
        arguments: [
            ("app.sqlite", DatabaseAddress.sqlite("app.sqlite")), ("sqlite:app.sqlite", .sqlite("app.sqlite")),
            ("sqlite:///srv/app.sqlite", .sqlite("/srv/app.sqlite")), ("sqlite:host=x", .sqlite("host=x")),
            ("./host=x", .sqlite("./host=x")), ("a=b.sqlite", .sqlite("a=b.sqlite")),
            ("postgres://h/d", .postgres("postgres://h/d")), ("postgresql://h/d", .postgres("postgresql://h/d")),
            ("host=h dbname=d", .postgres("host=h dbname=d")), (" service = s", .postgres(" service = s")),
            ("C:app.sqlite", .sqlite("C:app.sqlite")),
        ])
    func address(_ text: String, _ address: DatabaseAddress) throws { #expect(try DatabaseAddress(text) == address) }

    @Test(
        "addresses that may hold a password",
        arguments: [
            ("postgresql://u:p@h/d", true), ("host=h password=p", true), ("postgresql://h/d?password=p", true),
            ("postgresql://u@h:5432/d", false), ("host=h user=u", false), ("u:p@app.sqlite", false),
            ("postgresql://u:p@odd@h/d", true),
        ])
    func password(_ text: String, _ mayHold: Bool) throws {
        #expect(try DatabaseAddress(text).mayHoldPassword == mayHold)
    }

    @Test(
        "lengths of time",
        arguments: [
            ("30d", 30 * 86_400), ("1d12h", 129_600), ("90s", 90), ("2w", 1_209_600), ("5m", 300), ("0s", 0),
        ])
    func duration(_ text: String, _ seconds: Int) {
        #expect(DurationArgument(argument: text)?.duration == .seconds(seconds))
    }

    @Test("what is no length of time", arguments: ["", "5", "d", "5 m", "-5m", "5m!", "1.5h", "99999999999d"])
    func noDuration(_ text: String) { #expect(DurationArgument(argument: text) == nil) }

    @Test(
        "moments",
        arguments: [
            ("2030-01-01", 1_893_456_000_000_000), ("2030-01-01T00:00:01Z", 1_893_456_001_000_000),
            ("2030-01-01T01:00:01+01:00", 1_893_456_001_000_000), ("2030-01-01 00:00:01.500Z", 1_893_456_001_500_000),
        ])
    func moment(_ text: String, _ microseconds: Int64) {
        #expect(TimeArgument(argument: text) == .at(Timestamp(microseconds: microseconds)))
    }

    @Test("moments that are told by how long ago they were")
    func ago() throws {
        let now = Timestamp(microseconds: 1_893_456_000_000_000)
        #expect(try #require(TimeArgument(argument: "2h")).moment(at: now) == now + .seconds(-7_200))
        #expect(TimeArgument(argument: "2030-13-01") == nil)
        #expect(TimeArgument(argument: "now") == nil)
    }
}
#endif
