import Queuert
import QueuertTraceTesting
import Synchronization

@testable import QueuertOTel

/// Stands for an outbox in a queue's database: has transactions keep numbers, and knows the spans that each stands for.
final class SpanShelf: OTLPOutbox {
    private let spans = Mutex<[[SpanData]]>([])

    /// What makes the messages of transactions.
    var transactions: TransactionOutbox {
        TransactionOutbox(self, encoding: .protobuf) { [self] part in
            spans.withLock { spans in
                spans.append(Array(part))
                return Array("\(spans.count - 1)".utf8)
            }
        }
    }

    /// The spans that a message stands for.
    func spans(of message: TelemetryMessage) -> [SpanData] {
        guard let number = Int(String(decoding: message.bytes, as: UTF8.self)) else { return [] }
        return spans.withLock { $0[number] }
    }

    func attach(_ sender: OTLPRequestSender) {}
    func keep(_ request: OTLPRequest) -> Bool { false }
    func flush(timeout: Duration) async -> FlushResult { .success }
    func shutdown(timeout: Duration) async -> FlushResult { .success }
}
