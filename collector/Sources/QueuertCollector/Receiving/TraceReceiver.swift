internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Receives OTLP export requests; acknowledges them only after they are stored.
struct TraceReceiver: Sendable {
    let store: SpanStore
    let changes: ChangeBroadcaster
    let logger: Logger

    /// Answers a request to `/v1/traces`.
    ///
    /// - Parameter request: The request, whatever its method.
    /// - Returns: OTLP's answer.
    func respond(to request: Request) async -> Response {
        guard request.method == .post else { return ReceiverAnswer.methodNotAllowed }
        guard let encoding = OTLPEncoding(header: request.headers[.contentType]) else {
            return ReceiverAnswer.unsupportedMediaType
        }
        guard let coding = ContentCoding(header: request.headers[.contentEncoding]) else {
            return ReceiverAnswer.failure(
                .unsupportedMediaType, encoding, .invalidArgument,
                "the Content-Encoding isn't supported. Send gzip, deflate or no compression.")
        }
        if let length = request.headers[.contentLength].flatMap(Int.init), length > OTLPLimits.requestBytes {
            return tooLarge(encoding)
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: OTLPLimits.requestBytes)
        } catch is NIOTooManyBytesError {
            return tooLarge(encoding)
        } catch {
            return ReceiverAnswer.failure(.badRequest, encoding, .invalidArgument, "the body broke off. Send it again.")
        }
        let traces: TraceBatch
        do {
            traces = try decode(body, coding: coding, encoding: encoding)
        } catch DecompressionError.tooLarge {
            return tooLarge(encoding)
        } catch DecompressionError.malformed {
            return ReceiverAnswer.failure(
                .badRequest, encoding, .invalidArgument,
                "the body isn't compressed as Content-Encoding says, or breaks off. Compress it as one gzip file.")
        } catch {
            return ReceiverAnswer.failure(.badRequest, encoding, .invalidArgument, "\(error)")
        }
        return await keep(traces, encoding: encoding)
    }

    private func decode(
        _ body: ByteBuffer, coding: ContentCoding, encoding: OTLPEncoding
    ) throws -> TraceBatch {
        let bytes: [UInt8] =
            switch coding {
            case .identity: Array(body.readableBytesView)
            case .zlib:
                try body.withUnsafeReadableBytes { bytes in
                    try Decompressor.decompress(bytes, limit: OTLPLimits.requestBytes)
                }
            }
        return try encoding.decode(bytes)
    }

    private func keep(_ traces: TraceBatch, encoding: OTLPEncoding) async -> Response {
        guard !traces.spans.isEmpty else { return ReceiverAnswer.success(encoding, traces) }
        do {
            let result = try await store.insert(traces)
            if result.added + result.conflicting > 0 { changes.announce() }
            return ReceiverAnswer.success(encoding, traces)
        } catch {
            logger.error("spans could not be stored", metadata: ["error": "\(error)"])
            var response = ReceiverAnswer.failure(.serviceUnavailable, encoding, .unavailable, "\(error)")
            response.headers[.retryAfter] = "1"
            return response
        }
    }

    private func tooLarge(_ encoding: OTLPEncoding) -> Response {
        ReceiverAnswer.failure(
            .contentTooLarge, encoding, .resourceExhausted,
            "the request is larger than 64 MiB, before or after decompression. Send smaller batches.")
    }
}
