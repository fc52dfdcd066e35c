import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// The answers that the next requests get whatever they hold, for tests of exporters.
///
/// Only there if asked for when the collector starts.
final class ScriptedFaults: Sendable {
    /// The path that takes the script.
    static let path = "/_control"

    private struct Script: Decodable { let next: [Int] }
    private let statuses = Mutex<[Int]>([])

    /// Takes the status of the answer that the next request gets.
    ///
    /// - Returns: The status; `nil` if the request is to be received.
    func next() -> Int? {
        let status = statuses.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        return status == 200 ? nil : status
    }

    /// Takes a script: `{"next":[503,429,200]}`, in which 200 lets a request through.
    ///
    /// - Parameter request: The request; GET tells what is left.
    /// - Returns: What is left of the script.
    func respond(to request: Request) async -> Response {
        if request.method == .post {
            guard let body = try? await request.body.collect(upTo: 1 << 16),
                let script = try? JSONDecoder().decode(Script.self, from: Data(body.readableBytesView)),
                script.next.allSatisfy({ (200...599).contains($0) })
            else {
                return APIError(
                    "that isn't a script",
                    hint: #"Send {"next":[503,429]}, with a status from 200 to 599 for each request."#
                ).response
            }
            statuses.withLock { $0 = script.next }
        } else if request.method != .get {
            return APIError.methodNotAllowed([.get, .post])
        }
        let left = statuses.withLock { $0 }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("next")
        writer.beginArray()
        for status in left { writer.number(status) }
        writer.endArray()
        writer.endObject()
        return .init(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }
}
