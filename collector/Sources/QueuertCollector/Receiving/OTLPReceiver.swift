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
        count(response.status, signal)
        return response
    }

    /// Counts an answer.
    ///
    /// - Parameters:
    ///   - status: The answer's status; that of HTTP which is closest if it was given over gRPC.
    ///   - signal: What the request carried.
    func count(_ status: HTTPResponse.Status, _ signal: Signal) {
        intake.statistics.count { $0.requests[signal, default: [:]][status.code, default: 0] += 1 }
    }

    /// Stores the items of a request, and hands it to whoever gets it as well.
    ///
    /// - Parameters:
    ///   - body: The request as it came.
    ///   - signal: What it carries.
    ///   - encoding: Its encoding.
    ///   - coding: How it is compressed.
    ///   - reservation: The room that it has in memory.
    /// - Returns: What is in it.
    /// - Throws: An error that `ReceiverFailure` has a sentence for; then nothing was stored.
    func keep(
        _ body: ByteBuffer, _ signal: Signal, _ encoding: OTLPEncoding, _ coding: ContentCoding,
        into reservation: inout IntakeLimit.Reservation
    ) async throws -> ReceivedBatch {
        intake.statistics.count { $0.receivedBytes += body.readableBytes }
        let plain = try ReceivedBody.plain(body, coding, into: &reservation)
        intake.statistics.count { $0.decompressedBytes += plain.count }
        let batch = try encoding.decode(plain, signal)
        try await intake.keep(batch)
        let copy = TeedRequest(signal: signal, encoding: encoding, coding: coding, body: body, protobuf: batch.bytes)
        for tee in tees { tee.offer(copy) }
        return batch
    }

    private func answer(to request: Request, _ signal: Signal) async -> Response {
        guard request.method == .post else { return ReceiverAnswer.methodNotAllowed }
        guard let encoding = OTLPEncoding(header: request.headers[.contentType]) else {
            return ReceiverAnswer.unsupportedMediaType
        }
        guard let coding = ContentCoding(header: request.headers[.contentEncoding]) else {
            let failure = ReceiverFailure(
                .unsupportedMediaType, .invalidArgument,
                "the Content-Encoding isn't supported. Send gzip, deflate or no compression.")
            return ReceiverAnswer.failure(failure, encoding)
        }
        var reservation = limit.begin()
        do {
            let body = try await ReceivedBody.collect(request, into: &reservation)
            return ReceiverAnswer.success(encoding, try await keep(body, signal, encoding, coding, into: &reservation))
        } catch {
            return ReceiverAnswer.failure(ReceiverFailure(error), encoding)
        }
    }
}
