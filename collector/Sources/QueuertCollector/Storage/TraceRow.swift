internal import QueuertSQLite

/// The row of a trace, kept up to date as spans arrive.
struct TraceRow {
    /// The number that other tables know the trace by.
    let number: Int64
    private let traceID: String
    private let firstSegment: Int64
    private var startTime = Int64.max
    private var endTime: Int64 = 0
    private var longestSpan: Int64 = 0
    private var spanCount = 0
    private var errorCount = 0
    private var rootName = ""
    private var rootService = ""
    private var rootStart = Int64.max
    /// Whether no root has arrived, so that the earliest span stands in for it; two before any span has.
    private var rootRank: Int64 = 2
    /// The first of its services that were heard of.
    private var services: Set<String> = []

    /// How many services a row names at most.
    static let serviceLimit = 100

    /// Makes the row of a trace that has no spans yet.
    init(number: Int64, _ traceID: String, segment: Int64) {
        self.number = number
        self.traceID = traceID
        firstSegment = segment
    }

    /// Reads a row.
    init(_ row: SQLiteRow, _ traceID: String) {
        self.traceID = traceID
        number = row.int64("id") ?? 0
        firstSegment = row.int64("first_segment") ?? 0
        startTime = row.int64("start_time") ?? 0
        endTime = row.int64("end_time") ?? 0
        longestSpan = row.int64("longest_span") ?? 0
        spanCount = row.int("span_count") ?? 0
        errorCount = row.int("error_count") ?? 0
        rootName = row.text("root_name") ?? ""
        rootService = row.text("root_service") ?? ""
        rootStart = row.int64("root_start") ?? 0
        rootRank = row.int64("root_has_parent") ?? 0
        services = Set(Self.services(row.text("services") ?? ""))
    }

    /// Adds a span.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - batch: What holds its name.
    ///   - service: Its service.
    mutating func add(_ span: TraceBatch.Span, in batch: TraceBatch, service: String) {
        let start = Int64(clamping: span.startTime)
        startTime = min(startTime, start)
        endTime = max(endTime, Int64(clamping: span.endTime), start)
        longestSpan = max(longestSpan, Int64(clamping: span.duration))
        spanCount += 1
        if span.status == 2 { errorCount += 1 }
        let rank: Int64 = span.parentSpanID == 0 ? 0 : 1
        if (rank, start) < (rootRank, rootStart) {
            (rootRank, rootStart, rootService) = (rank, start, service)
            rootName = batch.text(span.name)
        }
        if services.count < Self.serviceLimit { services.insert(service) }
    }

    /// Gives the row's values to the statement that writes it.
    func bind(to parameters: inout SQLiteParameters, segment: Int64) {
        parameters.add(number)
        parameters.add(traceID)
        parameters.add(startTime)
        parameters.add(endTime)
        parameters.add(longestSpan)
        parameters.add(spanCount)
        parameters.add(errorCount)
        parameters.add(rootName)
        parameters.add(rootService)
        parameters.add(rootStart)
        parameters.add(rootRank)
        parameters.add(Self.text(of: services))
        parameters.add(firstSegment)
        parameters.add(segment)
    }

    /// Reads the names of services, which a row has as lines.
    static func services(_ text: String) -> [String] {
        text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func text(of services: Set<String>) -> String {
        // A set once more: without its line breaks, a name may be one that is there.
        Set(services.map { $0.replacing("\n", with: " ") }).sorted().joined(separator: "\n")
    }
}
