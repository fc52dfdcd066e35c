internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Receives OTLP export requests; acknowledges them only after they are stored.
struct OTLPReceiver: Sendable {
    let intake: TelemetryIntake
    let limit: IntakeLimit
    /// Where requests go as well, once they are stored.
    let tees: [any RequestTee]

    /// Answers a request to the path of a signal.
    ///
    /// - Parameters:
    ///   - request: The request, whatever its method.
    ///   - signal: What it carries.
    /// - Returns: OTLP's answer.
    func respond(to request: Request, _ signal: Signal) async -> Response {
        let response = await answer(to: request, signal)
        intake.statistics.count { $0.requests[signal, default: [:]][response.status.code, default: 0] += 1 }
        return response
    }

    private func answer(to request: Request, _ signal: Signal) async -> Response {
        guard request.method == .post else { return ReceiverAnswer.methodNotAllowed }
        guard let encoding = OTLPEncoding(header: request.headers[.contentType]) else {
            return ReceiverAnswer.unsupportedMediaType
        }
        guard let coding = ContentCoding(header: request.headers[.contentEncoding]) else {
            return ReceiverAnswer.failure(
                .unsupportedMediaType, encoding, .invalidArgument,
                "the Content-Encoding isn't supported. Send gzip, deflate or no compression.")
        }
        var reservation = limit.begin()
        do {
            let body = try await ReceivedBody.collect(request, into: &reservation)
            intake.statistics.count { $0.receivedBytes += body.readableBytes }
            let plain = try ReceivedBody.plain(body, coding, into: &reservation)
            intake.statistics.count { $0.decompressedBytes += plain.count }
            let batch = try encoding.decode(plain, signal)
            try await intake.keep(batch)
            let copy = TeedRequest(signal: signal, encoding: encoding, coding: coding, body: body, batch: batch)
            for tee in tees { tee.offer(copy) }
            return ReceiverAnswer.success(encoding, batch)
        } catch {
            return answer(to: error, encoding)
        }
    }

    private func answer(to error: any Error, _ encoding: OTLPEncoding) -> Response {
        switch error {
        case is IntakeLimit.Full:
            return ReceiverAnswer.failure(
                .tooManyRequests, encoding, .resourceExhausted,
                "too much is being received at once. Send it again later.", retryAfter: 1)
        case DecompressionError.tooLarge, is NIOTooManyBytesError:
            return ReceiverAnswer.failure(
                .contentTooLarge, encoding, .resourceExhausted,
                "the request is larger than 64 MiB, before or after decompression. Send smaller batches.")
        case DecompressionError.suspicious:
            return ReceiverAnswer.failure(
                .contentTooLarge, encoding, .resourceExhausted,
                "the body becomes more than \(OTLPLimits.compressionRatio) times as large, as no telemetry does. "
                    + "Send smaller batches.")
        case DecompressionError.malformed:
            return ReceiverAnswer.failure(
                .badRequest, encoding, .invalidArgument,
                "the body isn't compressed as Content-Encoding says, or breaks off. Compress it as one gzip file.")
        case let error as OTLPDecodingError:
            return ReceiverAnswer.failure(.badRequest, encoding, .invalidArgument, "\(error)")
        case let error as StoreError:
            return ReceiverAnswer.failure(.serviceUnavailable, encoding, .unavailable, "\(error)", retryAfter: 1)
        default:
            return ReceiverAnswer.failure(.badRequest, encoding, .invalidArgument, "the body broke off. Send it again.")
        }
    }
}
