// expect: cannot convert value of type 'Billing'
import Queuert

let mistake = Processor<Adapter>.atomic(SyncToCRM.self) { job, db in .finish(Billing.ended(cycles: 1)) }
