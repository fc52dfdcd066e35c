internal import Hummingbird

/// The API for log records.
struct LogsAPI: Sendable {
    private static let severities = ["trace": 1, "debug": 5, "info": 9, "warn": 13, "error": 17, "fatal": 21]

    let store: SpanStore

    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        router.get("api/logs") { request, _ in
            await Response.answering {
                let parameters = APIParameters(request)
                let page = try await store.logs(try Self.filter(parameters))
                return .json(Self.document(page))
            }
        }
    }

    private static func filter(_ parameters: APIParameters) throws(APIError) -> LogFilter {
        var filter = LogFilter(limit: try parameters.limit(100, upTo: 1_000))
        if let text = parameters.text("trace") {
            filter.traceID = HexadecimalID.normalized(text, length: HexadecimalID.traceLength)
            guard filter.traceID != nil else {
                throw APIError("that isn't a trace id", hint: "A trace id is 32 hexadecimal digits.")
            }
        }
        if let text = parameters.text("span") {
            guard let id = HexadecimalID.normalized(text, length: HexadecimalID.spanLength), filter.traceID != nil
            else {
                throw APIError(
                    "that isn't a span of a trace", hint: "Give trace as well; a span id is 16 hexadecimal digits.")
            }
            filter.spanID = HexadecimalID.number(ofSpan: id)
        }
        filter.service = parameters.text("service")
        filter.text = parameters.text("q")
        if let text = parameters.text("severity") {
            guard let severity = severities[text.lowercased()] ?? Int(text) else {
                throw APIError(
                    "severity isn't one", hint: "Give trace, debug, info, warn, error, fatal or OTLP's number.")
            }
            filter.severity = severity
        }
        if let text = parameters.text("before") {
            filter.before = LogCursor(text)
            guard filter.before != nil else {
                throw APIError("before isn't a cursor", hint: "Give the `next` of an earlier page.")
            }
        }
        return filter
    }

    private static func document(_ page: LogPage) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("logs")
        writer.beginArray()
        for document in page.documents { writer.raw(document) }
        writer.endArray()
        if let next = page.next {
            writer.key("next")
            writer.string(next.description)
        }
        writer.endObject()
        return writer.bytes
    }
}
