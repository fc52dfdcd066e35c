// expect: has no member 'welcome'
import Queuert

let mistake = Processor<Adapter>.atomic(SyncToCRM.self) { job, db in
    .continueWith(\.welcome, input: .init(userID: 1, accountID: "a"))
}
