// expect: has no member 'sync'
import Queuert

let mistake = Processor<Adapter>.atomic(ProvisionAccount.self) { job, db in
    .continueWith(\.sync, input: .init(userID: 1, accountID: "a"))
}
