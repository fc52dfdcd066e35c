/// Spans in the order in which they ended, cut into batches as they come.
///
/// Cutting them on the way in makes taking a batch out independent of how many wait.
struct SpanQueue: Sendable {
    private let batchSize: Int
    private var full: [[SpanData]] = []
    private var open: [SpanData] = []
    private(set) var count = 0

    init(batchSize: Int) {
        self.batchSize = batchSize
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ span: SpanData) {
        if open.isEmpty { open.reserveCapacity(batchSize) }
        open.append(span)
        count += 1
        if open.count == batchSize {
            full.append(open)
            open = []
        }
    }

    /// The oldest spans, a full batch of them if there are so many.
    mutating func takeBatch() -> [SpanData] {
        var batch: [SpanData] = []
        if full.isEmpty { swap(&batch, &open) } else { batch = full.removeFirst() }
        count -= batch.count
        return batch
    }

    /// Forgets all spans.
    mutating func removeAll() {
        full = []
        open = []
        count = 0
    }
}
