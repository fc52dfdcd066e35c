// The declarations that the mistakes are made with. It must compile, and with it what is right, or the mistakes prove
// nothing.
import Queuert

enum ProvisionAccount: EntryJobType {
    typealias Ending = NeverEnds
    static let name = "provision-account"
    struct Input: Codable, Sendable { var userID: Int }
    typealias Output = Synced
    struct Next: Continuations { let welcome = To<SendWelcomeEmail>() }
}
enum SendWelcomeEmail: JobType {
    typealias Ending = NeverEnds
    static let name = "send-welcome-email"
    struct Input: Codable, Sendable { var userID: Int; var accountID: String }
    typealias Output = Synced
    struct Next: Continuations { let sync = To<SyncToCRM>() }
}
enum SyncToCRM: JobType {
    static let name = "sync-to-crm"
    struct Input: Codable, Sendable { var userID: Int; var accountID: String }
    typealias Output = Synced
}
struct Synced: Codable, Sendable { var crmID: String }
enum Billing: Codable, Sendable { case ended(cycles: Int), cancelled(reason: String) }

enum Authorize: EntryJobType { static let name = "authorize"; typealias Input = String; typealias Output = Int }
enum Validate: EntryJobType { static let name = "validate"; typealias Input = String; typealias Output = Bool }
enum Process: EntryJobType {
    static let name = "process"
    typealias Input = String
    typealias Output = String
    typealias Blockers = Blocked<Authorize, Validate>
}
enum Publish: EntryJobType {
    static let name = "publish"
    typealias Input = String
    typealias Output = String
    typealias Blockers = Blocked<Authorize>.AndAll<Validate>
}

typealias Adapter = MemoryStateAdapter
let client = Client(adapter: MemoryStateAdapter())
