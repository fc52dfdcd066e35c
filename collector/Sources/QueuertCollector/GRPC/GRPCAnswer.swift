internal import COTLP
internal import Foundation
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP2

/// The answer to a call.
enum GRPCAnswer: Sendable {
    /// The call's items are kept; the message is OTLP's response.
    case success([UInt8])
    /// They are not kept.
    case failure(ReceiverFailure)
    /// It was no call of gRPC's, which gets an HTTP status.
    case notGRPC(status: Int)

    /// The frames that tell a sender.
    var frames: [HTTP2Frame.FramePayload] {
        switch self {
        case .success(let message):
            [
                Self.headers(Self.head, isEnd: false),
                .data(.init(data: .byteBuffer(GRPCMessage.framed(message)))),
                Self.headers([("grpc-status", "0")], isEnd: true),
            ]
        case .failure(let failure): [Self.headers(Self.head + Self.trailers(failure), isEnd: true)]
        case .notGRPC(let status): [Self.headers(Self.plainHead(status), isEnd: true)]
        }
    }

    private static let head = [
        (":status", "200"), ("content-type", "application/grpc"), ("grpc-accept-encoding", "identity,gzip,deflate"),
    ]

    private static func plainHead(_ status: Int) -> [(String, String)] {
        let head = [(":status", String(status))]
        // Who asked with another method is to be told which one there is.
        return status == 405 ? head + [("allow", "POST")] : head
    }

    private static func headers(_ fields: [(String, String)], isEnd: Bool) -> HTTP2Frame.FramePayload {
        .headers(.init(headers: HPACKHeaders(fields), endStream: isEnd))
    }

    private static func trailers(_ failure: ReceiverFailure) -> [(String, String)] {
        var trailers = [
            ("grpc-status", String(failure.code.rawValue)), ("grpc-message", percentEncoded(failure.message)),
        ]
        if let seconds = failure.retryAfter {
            trailers.append(("grpc-status-details-bin", details(failure, retryAfter: seconds)))
        }
        return trailers
    }

    /// A text with all but printable ASCII as `%` and two digits, as gRPC has it.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            if (0x20...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + HexadecimalID.text(of: CollectionOfOne(byte)).uppercased()
            }
        }
    }

    /// A `google.rpc.Status` with the `google.rpc.RetryInfo` that makes senders wait and come back, in base 64.
    private static func details(_ failure: ReceiverFailure, retryAfter seconds: Int) -> String {
        var status = ProtobufWriter()
        status.field(1, varint: UInt64(failure.code.rawValue))
        status.field(2, content: failure.message.utf8)
        status.message(3) { any in
            any.field(1, content: "type.googleapis.com/google.rpc.RetryInfo".utf8)
            any.message(2) { info in
                info.message(1) { $0.field(1, varint: UInt64(seconds)) }
            }
        }
        // Binary headers have no padding.
        return Data(status.bytes).base64EncodedString().filter { $0 != "=" }
    }
}
