// expect: (aka 'Int') to expected argument type 'Process.Output'
import Queuert

let mistake = Processor<Adapter>.atomic(Process.self) { job, db in .finish(job.blockers.0) }
