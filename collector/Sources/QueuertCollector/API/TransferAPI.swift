internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The API that telemetry is imported and exported by, as OTLP's JSON lines.
struct TransferAPI: Sendable {
    let intake: TelemetryIntake
    let limit: IntakeLimit

    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        router.post("api/import") { request, _ in await importBody(request) }
        router.get("api/export") { request, _ in await export(request) }
    }

    private func importBody(_ request: Request) async -> Response {
        guard let coding = ContentCoding(header: request.headers[.contentEncoding]) else {
            return APIError("the Content-Encoding isn't supported", hint: "Send gzip, deflate or no compression.")
                .response
        }
        var reservation = limit.begin()
        do {
            let body = try await ReceivedBody.collect(request, into: &reservation)
            let plain = try ReceivedBody.plain(body, coding, into: &reservation)
            return Self.answer(try await TelemetryImport(intake: intake).run(plain))
        } catch let error as ImportError {
            return APIError(error.message, hint: error.hint).response
        } catch let error as StoreError {
            return APIError(error.message, hint: error.hint, status: .serviceUnavailable).response
        } catch is IntakeLimit.Full {
            return APIError("too much is being received at once", hint: "Try again later.", status: .tooManyRequests)
                .response
        } catch DecompressionError.malformed {
            return APIError("the body isn't compressed as Content-Encoding says", hint: "Compress it as one gzip file.")
                .response
        } catch is NIOTooManyBytesError, is DecompressionError {
            return APIError(
                "the body is larger than 64 MiB", hint: "Import it in parts, or with --from-file.",
                status: .contentTooLarge
            ).response
        } catch {
            return APIError("the body broke off", hint: "Send it again.").response
        }
    }

    private static func answer(_ result: ImportResult) -> Response {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("requests")
        writer.number(result.requests)
        writer.key("spans")
        writer.number(result.accepted[.traces, default: 0])
        writer.key("points")
        writer.number(result.accepted[.metrics, default: 0])
        writer.key("logs")
        writer.number(result.accepted[.logs, default: 0])
        writer.key("rejected")
        writer.number(result.rejected)
        writer.endObject()
        return .json(writer.bytes)
    }

    private func export(_ request: Request) async -> Response {
        let asked = request.uri.queryParameters["trace"].map(String.init)
        guard let asked else { return everything() }
        guard let traceID = HexadecimalID.normalized(asked, length: HexadecimalID.traceLength) else {
            return APIError("that isn't a trace id", hint: "A trace id is 32 hexadecimal digits.").response
        }
        return await Response.answering {
            let lines = try await lines(ofTrace: traceID)
            guard !lines.isEmpty else { return nil }
            var response = Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: lines)))
            Self.name(&response, "trace-\(traceID)")
            return response
        }
    }

    /// Answers all traces, one after the other, without ever holding more than one.
    private func everything() -> Response {
        var response = Response(
            status: .ok,
            body: .init { writer in
                var last: Int64 = 0
                while true {
                    let page = try await intake.store.traceIDs(after: last, limit: 100)
                    guard let end = page.last else { break }
                    for trace in page {
                        try await writer.write(ByteBuffer(bytes: try await lines(ofTrace: trace.traceID)))
                    }
                    last = end.number
                }
                try await writer.finish(nil)
            })
        Self.name(&response, "traces")
        return response
    }

    private static func name(_ response: inout Response, _ name: String) {
        response.headers[.contentType] = "application/x-ndjson"
        response.headers[.contentDisposition] = "attachment; filename=\"\(name).jsonl\""
    }

    private func lines(ofTrace traceID: String) async throws -> [UInt8] {
        var lines: [UInt8] = []
        for request in try await intake.store.requests(ofTrace: traceID) {
            lines += try OTLPJSON.json(of: request.bytes, OTLPSchema.shared.request(request.signal))
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }
}
