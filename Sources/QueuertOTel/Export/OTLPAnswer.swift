import FoundationEssentials

/// What a receiver's answer means for a batch.
enum OTLPAnswer: Equatable, Sendable {
    /// The batch was taken, but for rejected items; the receiver may have said more.
    case accepted(rejected: Int, message: String)
    /// The batch was not taken, and won't be.
    case refused(reason: String, cause: ExportFailureCause)
    /// The receiver can't be reached, and won't be before somebody has put something right.
    case unreachable(reason: String, cause: ExportFailureCause)
    /// The receiver asks for another try, maybe after a wait.
    case retry(reason: String, after: Duration?, cause: ExportFailureCause)

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - items: How many items were sent: spans, data points or log records.
    ///   - maximumBytes: How large the body may be once it is decompressed.
    ///   - now: Seconds since 1970, for a date in `Retry-After`.
    init(_ response: HTTPResponse, items: Int, maximumBytes: Int, secondsSince1970 now: Int64) {
        let encoding = response.headers["content-encoding"]?.lowercased()
        var response = response
        if !response.body.isEmpty, encoding == "gzip" || encoding == "x-gzip" {
            // Nothing asks for a compressed answer, but some proxies send one; some say so of one without a body, too.
            do throws(Gzip.Failure) {
                response.body = try Gzip.decompress(response.body, maximumBytes: maximumBytes)
            } catch {
                // Of an error only the status matters; of a success the body may say that items were rejected.
                guard response.status / 100 != 2 else {
                    self = .refused(
                        reason: "The receiver's answer can't be read. \(error)", cause: .unreadableAnswer)
                    return
                }
                response.body = []
            }
        }
        switch response.status {
        case 200..<300: self = Self.success(response, items: items)
        case 429, 502, 503, 504:
            self = .retry(
                reason: Self.reason(response),
                after: RetryPolicy.wish(in: response.headers["retry-after"], secondsSince1970: now),
                cause: .status(response.status))
        case 300..<400:
            self = .refused(
                reason: "\(Self.reason(response)) Redirects are not followed: give the final address as the endpoint.",
                cause: .status(response.status))
        default: self = .refused(reason: Self.reason(response), cause: .status(response.status))
        }
    }

    /// Whether the receiver wants to be shown other credentials.
    var isUnauthenticated: Bool {
        guard case .refused(_, let cause) = self else { return false }
        return cause == .status(401) || cause.rawValue == GRPCStatus.Code.unauthenticated.word
    }

    private static func success(_ response: HTTPResponse, items: Int) -> OTLPAnswer {
        let taken = OTLPAnswer.accepted(rejected: 0, message: "")
        guard !response.body.isEmpty else { return taken }
        let partial: (rejected: Int64, message: String)?
        switch response.mediaType ?? guessed(response.body) {
        case "application/json": partial = JSONBody.partialSuccess(response.body)
        case "application/x-protobuf", "application/protobuf":
            partial = OTLPMessages.partialSuccess(response.body)
        case "text/html":
            return .refused(
                reason: "The answer is a web page, so it comes from a proxy or another service. Look at the endpoint.",
                cause: .unreadableAnswer)
        default: return taken
        }
        guard let partial else {
            // Some receivers answer 202 or 204 with words of their own; 200 is where OTLP says what the body is.
            guard response.status == 200 else { return taken }
            return .refused(
                reason: "The answer isn't OTLP's. Is the endpoint really an OTLP receiver over HTTP?",
                cause: .unreadableAnswer)
        }
        let rejected = Int(clamping: min(max(partial.rejected, 0), Int64(items)))
        return .accepted(rejected: rejected, message: bounded(partial.message))
    }

    /// The media type of an answer that doesn't say: no answer of OTLP's in protobuf begins like an object in JSON.
    private static func guessed(_ body: [UInt8]) -> String {
        body.first == UInt8(ascii: "{") ? "application/json" : "application/x-protobuf"
    }

    private static func reason(_ response: HTTPResponse) -> String {
        let message = errorMessage(response)
        return message.isEmpty
            ? "The receiver answered with status \(response.status)."
            : "The receiver answered with status \(response.status): \(message)."
    }

    /// The message of an error's body: a `google.rpc.Status`, or a proxy's own words.
    private static func errorMessage(_ response: HTTPResponse) -> String {
        let message: String
        switch response.mediaType ?? guessed(response.body) {
        case "application/json": message = JSONBody.statusMessage(response.body) ?? ""
        case "application/x-protobuf", "application/protobuf":
            message = OTLPMessages.statusMessage(response.body) ?? ""
        case "text/plain": message = String(decoding: response.body.prefix(1024), as: UTF8.self)
        default: message = ""
        }
        return bounded(message)
    }

    /// Foreign text made fit for a line of a log.
    ///
    /// Cut by scalars: there is no end to what a single character may be made of.
    static func bounded(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(200) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
            default: line.append(scalar)
            }
        }
        return HTTPText.trimmed(String(line))
    }
}

/// The parts of JSON answers that matter.
private enum JSONBody {
    private struct Response: Decodable {
        struct PartialSuccess: Decodable {
            var rejectedSpans: Number?
            var rejectedDataPoints: Number?
            var rejectedLogRecords: Number?
            var errorMessage: String?

            var rejected: Int64 { (rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords)?.value ?? 0 }
        }
        var partialSuccess: PartialSuccess?
    }

    private struct Status: Decodable { var message: String? }

    /// 64-bit numbers are text in protobuf's JSON, and plain numbers are accepted.
    private struct Number: Decodable {
        var value: Int64

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                guard let value = Int64(text) else {
                    throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a whole number")
                }
                self.value = value
            } else {
                value = try container.decode(Int64.self)
            }
        }
    }

    /// `nil` if the body isn't such an answer; what exactly is wrong with it helps nobody.
    static func partialSuccess(_ body: [UInt8]) -> (rejected: Int64, message: String)? {
        guard let response = try? JSONDecoder().decode(Response.self, from: Data(body)) else { return nil }
        return (response.partialSuccess?.rejected ?? 0, response.partialSuccess?.errorMessage ?? "")
    }

    static func statusMessage(_ body: [UInt8]) -> String? {
        (try? JSONDecoder().decode(Status.self, from: Data(body)))?.message
    }
}
