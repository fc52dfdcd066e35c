// expect: 'attempt' used after consume
import Queuert

let mistake = Processor<Adapter>.staged(SyncToCRM.self) { job, attempt in
    let completed = try await attempt.complete { db in .finish(Synced(crmID: "a")) }
    _ = try await attempt.prepare { db in 1 }
    return completed
}
