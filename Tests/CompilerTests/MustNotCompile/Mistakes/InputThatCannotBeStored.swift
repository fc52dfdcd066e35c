// expect: does not conform to protocol 'JobType'
import Queuert

enum Mistake: JobType {
    static let name = "mistake"
    struct Input: Sendable {}
    typealias Output = String
}
