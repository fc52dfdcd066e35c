/// How many more jobs a claim may take, of which types: for state adapters, and for whoever promises jobs to a claim.
package struct ClaimSlots: Sendable {
    private var free: Int
    private let batchSizes: [String: Int]
    /// How many jobs of a type still fit in the batch that was begun last.
    private var places: [String: Int] = [:]

    package init(limit: Int, batchSizes: [String: Int]) {
        free = max(0, limit)
        self.batchSizes = batchSizes
    }

    /// Whether no batch can be begun any more.
    package var isFull: Bool { free == 0 }

    /// Whether there is a place for a job, in a batch that was begun or in a new one.
    package func hasPlace(for typeName: String) -> Bool {
        free > 0 || !batchSizes.isEmpty && places[typeName, default: 0] > 0
    }

    /// Takes a place for a job, in a batch that was begun or in a new one; `false` if there is none.
    package mutating func take(_ typeName: String) -> Bool {
        if !batchSizes.isEmpty, let left = places[typeName], left > 0 {
            places[typeName] = left - 1
            return true
        }
        guard free > 0 else { return false }
        free -= 1
        if let size = batchSizes[typeName] { places[typeName] = size - 1 }
        return true
    }

    /// Takes places for some jobs of a type, in a batch that was begun and in new ones.
    ///
    /// - Returns: For how many of them there were places.
    mutating func take(_ count: Int, of typeName: String) -> Int {
        let size = batchSizes[typeName] ?? 1
        let begun = min(count, places[typeName, default: 0])
        let left = count - begun
        let batches = min(free, left / size + (left % size == 0 ? 0 : 1))
        let taken = min(left, batches * size)
        free -= batches
        if size > 1 { places[typeName, default: 0] += batches * size - begun - taken }
        return begun + taken
    }
}
