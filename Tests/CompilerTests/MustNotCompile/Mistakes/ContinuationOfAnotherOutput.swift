// expect: requires the types 'Odd.Output' (aka 'Billing') and 'SyncToCRM.Output' (aka 'Synced') be equivalent
import Queuert

enum Odd: EntryJobType {
    static let name = "odd"
    typealias Input = String
    typealias Output = Billing
    struct Next: Continuations { let sync = To<SyncToCRM>() }
}
let mistake = Processor<Adapter>.atomic(Odd.self) { job, db in
    .continueWith(\.sync, input: .init(userID: 1, accountID: "a"))
}
