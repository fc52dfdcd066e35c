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
            ("sslrootcert=/ca.pem host=db", .postgres("sslrootcert=/ca.pem host=db")),
            ("client_encoding = UTF8 host=db", .postgres("client_encoding = UTF8 host=db")),
            ("gssencmode=disable", .postgres("gssencmode=disable")),
            ("keepalives=0 dbname=d", .postgres("keepalives=0 dbname=d")),
        ])
    func address(_ text: String, _ address: DatabaseAddress) throws { #expect(try DatabaseAddress(text) == address) }

    @Test(
        "addresses that may hold a password",
        arguments: [
            ("postgresql://u:p@h/d", true), ("host=h password=p", true), ("postgresql://h/d?password=p", true),
            ("postgresql://u@h:5432/d", false), ("host=h user=u", false), ("u:p@app.sqlite", true),
            ("postgresql://u:p@odd@h/d", true), ("hots=h password=p", true), ("app.sqlite", false),
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
            ("2028-02-29T00:00:00Z", 1_835_395_200_000_000),
        ])
    func moment(_ text: String, _ microseconds: Int64) {
        #expect(TimeArgument(argument: text) == .at(Timestamp(microseconds: microseconds)))
    }

    @Test("moments that are told by how long ago they were")
    func ago() throws {
        let now = Timestamp(microseconds: 1_893_456_000_000_000)
        #expect(try #require(TimeArgument(argument: "2h")).moment(at: now) == now + .seconds(-7_200))
    }

    @Test(
        "what is no moment",
        arguments: [
            "now", "2030-13-01", "2030-02-31", "2030-02-31T12:00:00Z", "2030-01-00", "2030-1-1",
            "400000-01-01T00:00:00Z",
            "2030-01-01T25:00:00Z", "2030-01-01T24:00:00Z", "2030-01-01T12:61:00Z", "2030-01-01T12:00:60Z",
            "2030-01-31T12:00:00Zrubbish", "2030-01-31T12:00:00Z-05:00", "2030-01-31T12:00:00+99:00",
            "2030-01-31T12:00:00", "2030-01-31T", "2030-01-31rubbish", " 2030-01-31",
        ])
    func noMoment(_ text: String) { #expect(TimeArgument(argument: text) == nil) }
}
#endif
