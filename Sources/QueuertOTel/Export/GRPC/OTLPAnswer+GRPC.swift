extension OTLPAnswer {
    /// Reads the answer to a call over gRPC.
    ///
    /// - Parameters:
    ///   - response: The answer, its trailers among the headers.
    ///   - items: How many items were sent: spans, data points or log records.
    ///   - maximumBytes: How large the message may be once it is decompressed.
    init(grpc response: HTTPResponse, items: Int, maximumBytes: Int) {
        guard let status = GRPCStatus(response.headers) else {
            self = Self.withoutStatus(response)
            return
        }
        if status.code == .ok {
            self = Self.success(response, items: items, maximumBytes: maximumBytes)
            return
        }
        let reason =
            "The receiver answered with the gRPC status \(status.code.word)"
            + (status.message.isEmpty ? "." : ": \(status.message).")
        if status.isTransient {
            // No pause at all would be no reason to wait.
            self = .retry(
                reason: reason, after: status.retryDelay.flatMap { $0 > .zero ? $0 : nil }, cause: status.cause)
        } else {
            self = .refused(reason: reason, cause: status.cause)
        }
    }

    private static func success(_ response: HTTPResponse, items: Int, maximumBytes: Int) -> OTLPAnswer {
        let message: [UInt8]
        do throws(GRPC.Malformed) {
            message = try GRPC.message(
                in: response.body, encoding: response.headers["grpc-encoding"], maximumBytes: maximumBytes)
        } catch {
            return .refused(
                reason: "The receiver's answer can't be read. Look at proxies between.", cause: .unreadableAnswer)
        }
        guard let partial = OTLPMessages.partialSuccess(message) else {
            return .refused(
                reason: "The answer isn't OTLP's. Is the endpoint really an OTLP receiver over gRPC?",
                cause: .unreadableAnswer)
        }
        let rejected = Int(clamping: min(max(partial.rejected, 0), Int64(items)))
        return .accepted(rejected: rejected, message: bounded(partial.message))
    }

    /// What a proxy says, or something that doesn't speak gRPC.
    private static func withoutStatus(_ response: HTTPResponse) -> OTLPAnswer {
        let cause = ExportFailureCause.status(response.status)
        switch response.status {
        case 429, 502, 503, 504:
            return .retry(reason: "The receiver answered with status \(response.status).", after: nil, cause: cause)
        case 200:
            return .refused(
                reason: "The answer isn't gRPC's. Is the endpoint an OTLP receiver over gRPC? Its usual port is 4317.",
                cause: .unreadableAnswer)
        default: return .refused(reason: "The receiver answered with status \(response.status).", cause: cause)
        }
    }
}
