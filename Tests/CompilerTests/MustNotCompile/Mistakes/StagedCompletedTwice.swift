// expect: 'attempt' consumed more than once
import Queuert

let mistake = Processor<Adapter>.staged(SyncToCRM.self) { job, attempt in
    _ = try await attempt.complete { db in .finish(Synced(crmID: "a")) }
    return try await attempt.complete { db in .finish(Synced(crmID: "a")) }
}
