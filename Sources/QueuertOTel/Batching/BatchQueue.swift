/// Items in the order in which they came, cut into batches as they come.
///
/// Cutting them on the way in makes taking a batch out independent of how many wait.
struct BatchQueue<Item: Sendable>: Sendable {
    /// A batch may be set to be larger than what there is memory for, so no more room is made before the items come.
    private static var maximumReservation: Int { 512 }

    private let batchSize: Int
    private var full: [[Item]] = []
    private var open: [Item] = []
    private(set) var count = 0

    init(batchSize: Int) {
        self.batchSize = batchSize
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ item: Item) {
        if open.isEmpty { open.reserveCapacity(min(batchSize, Self.maximumReservation)) }
        open.append(item)
        count += 1
        if open.count == batchSize {
            full.append(open)
            open = []
        }
    }

    /// The oldest items, a full batch of them if there are so many.
    mutating func takeBatch() -> [Item] {
        var batch: [Item] = []
        if full.isEmpty { swap(&batch, &open) } else { batch = full.removeFirst() }
        count -= batch.count
        return batch
    }

    /// Forgets all items.
    mutating func removeAll() {
        full = []
        open = []
        count = 0
    }
}
