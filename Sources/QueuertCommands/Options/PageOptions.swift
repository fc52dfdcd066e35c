#if CommandLine
internal import ArgumentParser
internal import Queuert

/// The options that say which part of a list is shown.
struct PageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Only what was created at this time or later: 2030-01-31, which is 0:00 UTC of that day, 2030-01-31T12:00:00Z, \
            or how long ago: 2h.
            """, valueName: "time"))
    var createdFrom: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "Only what was created before this time; of a date, before 0:00 UTC of that day.", valueName: "time"))
    var createdBefore: TimeArgument?

    @Flag(help: "Begin with what was created first.")
    var oldestFirst = false

    @Option(help: ArgumentHelp("How many to show, up to 1000.", valueName: "number"))
    var limit = 50

    @Option(help: ArgumentHelp("Go on where a page ended: what it told as “next”.", valueName: "cursor"))
    var after: String?

    func validate() throws {
        guard 1...1_000 ~= limit else { throw ValidationError("--limit may be from 1 to 1000.") }
    }

    var order: ListOrder { oldestFirst ? .oldestFirst : .newestFirst }
    var cursor: PageCursor? { after.map(PageCursor.init(rawValue:)) }
}

extension Array {
    /// The list, or `nil` for “all” if it is empty.
    var ifAny: Self? { isEmpty ? nil : self }
}

extension PageCursor? {
    /// The line under a table that says how to go on.
    var lines: [String] { map { ["", "There is more: --after \($0.rawValue.shellWord)".printable] } ?? [] }
}
#endif
