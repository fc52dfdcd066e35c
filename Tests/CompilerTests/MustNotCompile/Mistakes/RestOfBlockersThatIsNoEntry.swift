// expect: type 'SyncToCRM' does not conform to protocol 'EntryJobType'
import Queuert

enum Mistake: EntryJobType {
    static let name = "mistake"
    typealias Input = String
    typealias Output = String
    typealias Blockers = Blocked<Authorize>.AndAll<SyncToCRM>
}
