// expect: to closure result type 'Completed<SyncToCRM>'
import Queuert

let mistake = Processor<Adapter>.staged(SyncToCRM.self) { job, attempt in
    _ = try await attempt.prepare { db in 1 }
}
