// expect: missing argument for parameter 'accountID'
import Queuert

let mistake = Processor<Adapter>.atomic(ProvisionAccount.self) { job, db in
    .continueWith(\.welcome, input: .init(userID: 1))
}
