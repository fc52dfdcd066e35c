/// How many more jobs a claim may take, of which types: for state adapters.
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
}
