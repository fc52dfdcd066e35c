internal import HTTPTypes
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// Answers calls, each of which is a stream of its own in an HTTP/2 connection.
///
/// OTLP's calls are unary: one message there, one back. After gRPC's "gRPC over HTTP2".
struct GRPCCallHandler: Sendable {
    typealias Stream = NIOAsyncChannel<HTTP2Frame.FramePayload, HTTP2Frame.FramePayload>

    let receiver: OTLPReceiver
    let token: AccessToken?
    /// The answers that a test has asked for.
    let faults: ScriptedFaults?
    /// How long a call may take to arrive.
    let requestDeadline: TimeAmount
    /// How long a sender may take for the answer.
    var answerDeadline = TimeAmount.seconds(30)

    /// Answers the call of a stream, and closes it.
    ///
    /// - Parameter stream: The stream.
    func handle(_ stream: Stream) async {
        let arrival = stream.channel.closeScheduled(in: requestDeadline)
        do {
            try await stream.executeThenClose { inbound, outbound in
                var call = Call(frames: inbound.makeAsyncIterator())
                let answer = try await answer(to: &call)
                arrival.cancel()
                let departure = stream.channel.closeScheduled(in: answerDeadline)
                defer { departure.cancel() }
                for frame in answer.frames { try await outbound.write(frame) }
                // Says that the rest of the call isn't wanted, and that the answer holds all the same.
                if !call.isEnded { try await outbound.write(.rstStream(.noError)) }
            }
        } catch {
            // The sender has gone or was too slow: nobody is left to tell.
            arrival.cancel()
        }
    }

    private func answer(to call: inout Call) async throws -> GRPCAnswer {
        guard let headers = try await call.headers() else { return .notGRPC(status: 400) }
        guard headers.first(name: ":method") == "POST" else { return .notGRPC(status: 405) }
        guard Self.isGRPC(headers.first(name: "content-type")) else { return .notGRPC(status: 415) }
        let path = headers.first(name: ":path") ?? ""
        guard let signal = Signal.allCases.first(where: { $0.method == path }) else {
            let paths = Signal.allCases.map(\.method).joined(separator: ", ")
            return .failure(.init(.notFound, .unimplemented, "there is no method of that name. There are \(paths)."))
        }
        let outcome: Result<GRPCAnswer, ReceiverFailure>
        do { outcome = .success(try await answer(to: &call, headers, signal)) } catch {
            guard !(error is Gone) else { throw error }
            outcome = .failure(ReceiverFailure(error))
        }
        switch outcome {
        case .success(let answer):
            receiver.count(.ok, signal)
            return answer
        case .failure(let failure):
            receiver.count(failure.status, signal)
            return .failure(failure)
        }
    }

    private func answer(to call: inout Call, _ headers: HPACKHeaders, _ signal: Signal) async throws -> GRPCAnswer {
        if let token, token.matches(authorization: headers.first(name: "authorization")) != true {
            throw ReceiverFailure.tokenMissing
        }
        if let fault = faults?.next() { throw ReceiverFailure.scripted(fault) }
        guard let coding = ContentCoding(header: headers.first(name: "grpc-encoding")) else {
            throw ReceiverFailure(
                .unsupportedMediaType, .unimplemented,
                "the grpc-encoding isn't supported. Send gzip, deflate or identity.")
        }
        var reservation = receiver.limit.begin()
        let message = try await call.message(into: &reservation)
        if message.isCompressed, case .identity = coding {
            throw ReceiverFailure(
                .badRequest, .internalError, "the message is compressed, and no grpc-encoding says how. Send one.")
        }
        let batch = try await receiver.keep(
            message.body, signal, .protobuf, message.isCompressed ? coding : .identity, into: &reservation)
        return .success(
            OTLPEncoding.protobuf.success(
                signal, rejectedCount: batch.rejectedCount, reason: batch.rejectionReason))
    }

    private static func isGRPC(_ contentType: String?) -> Bool {
        guard let type = contentType?.lowercased() else { return false }
        // Parameters may follow, but no other encoding than protobuf.
        return ["application/grpc", "application/grpc+proto"].contains(type.prefix { $0 != ";" && $0 != " " })
    }

    /// The sender has gone before its call was complete.
    struct Gone: Error {}

    /// A call as it arrives.
    struct Call {
        var frames: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>.AsyncIterator
        /// Whether nothing more will arrive.
        private(set) var isEnded = false

        init(frames: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>.AsyncIterator) { self.frames = frames }

        /// The headers; `nil` if the stream begins with something else.
        mutating func headers() async throws -> HPACKHeaders? {
            guard case .headers(let headers)? = try await frames.next(isolation: #isolation) else { return nil }
            isEnded = headers.endStream
            return headers.headers
        }

        /// The message.
        ///
        /// - Parameter reservation: The room that it has in memory.
        /// - Returns: The message.
        /// - Throws: `Gone`, `IntakeLimit.Full` or `ReceiverFailure`.
        mutating func message(into reservation: inout IntakeLimit.Reservation) async throws -> GRPCMessage {
            var reader = GRPCMessageReader()
            while !isEnded {
                let frame: HTTP2Frame.FramePayload?
                do { frame = try await frames.next(isolation: #isolation) } catch { throw Gone() }
                switch frame {
                case .data(let data):
                    isEnded = data.endStream
                    guard case .byteBuffer(var bytes) = data.data else { continue }
                    try reservation.grow(by: bytes.readableBytes)
                    try reader.append(&bytes)
                case .headers(let trailers): isEnded = trailers.endStream
                case nil: throw Gone()
                default: continue
                }
            }
            return try reader.finish()
        }
    }
}

extension Channel {
    /// Closes the channel after a time, unless that is cancelled.
    fileprivate func closeScheduled(in time: TimeAmount) -> Scheduled<Void> {
        eventLoop.scheduleTask(in: time) { self.close(promise: nil) }
    }
}

extension Signal {
    /// The path of OTLP's method for the signal.
    var method: String {
        switch self {
        case .traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        case .metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
        case .logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
        }
    }
}
