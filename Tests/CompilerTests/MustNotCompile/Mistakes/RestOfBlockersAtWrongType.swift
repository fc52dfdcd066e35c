// expect: cannot convert value of type '[Validate.Output]'
import Queuert

let mistake = Processor<Adapter>.atomic(Publish.self) { job, db in .finish(job.blockers.1) }
