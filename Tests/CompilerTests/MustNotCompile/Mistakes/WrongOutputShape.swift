// expect: cannot convert value of type 'Int' to expected argument type 'String'
import Queuert

let mistake = Processor<Adapter>.atomic(SyncToCRM.self) { job, db in .finish(Synced(crmID: 1)) }
