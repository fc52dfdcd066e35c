// expect: does not conform to protocol 'JobType'
import Queuert

enum Mistake: JobType {
    typealias Input = String
    typealias Output = String
}
