import Queuert

/// Takes the goods from the stock.
enum PackParcel: EntryJobType {
    static let name = "pack-parcel"
    typealias Input = Int
    typealias Output = String
    typealias Ending = NeverEnds
    struct Next: Continuations { let ship = To<ShipParcel>() }
}
/// Gets a label from the carrier, and hands the parcel over.
enum ShipParcel: JobType {
    static let name = "ship-parcel"
    typealias Input = Int
    typealias Output = String
}
