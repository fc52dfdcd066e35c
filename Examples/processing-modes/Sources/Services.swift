import Queuert

/// A print shop on the network, which takes money for each print.
actor PrintShop {
    private var receipts: [JobID: String] = [:]

    /// Orders a print: once for a key, however often it is called.
    func order(_ photo: Int, key: JobID) -> String {
        if let receipt = receipts[key] { return receipt }
        let receipt = "receipt \(receipts.count + 1) for photo \(photo)"
        receipts[key] = receipt
        return receipt
    }
}

/// A service that knows the names of places, and answers for many places at once.
actor Maps {
    private(set) var calls = 0

    func names(of places: [String]) -> [String] {
        calls += 1
        return places.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }
}
