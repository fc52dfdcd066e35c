// expect: 'ProvisionAccount.Ending' (aka 'NeverEnds') and 'MayEnd' be equivalent
import Queuert

let mistake = Processor<Adapter>.atomic(ProvisionAccount.self) { job, db in .finish(Synced(crmID: "a")) }
