// expect: to closure result type 'Decision<SyncToCRM>'
import Queuert

let mistake = Processor<Adapter>.atomic(SyncToCRM.self) { job, db in print(job.id) }
