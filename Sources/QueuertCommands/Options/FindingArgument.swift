#if CommandLine
internal import ArgumentParser
internal import Queuert
internal import QueuertPostgres
internal import QueuertSQLite

/// The code of a finding.
struct FindingArgument: ExpressibleByArgument, Hashable {
    let code: DiagnosisFinding.Code

    init?(argument: String) {
        let code = DiagnosisFinding.Code(rawValue: argument)
        guard Self.codes.contains(code) else { return nil }
        self.code = code
    }

    static var allValueStrings: [String] { codes.map(\.rawValue) }

    /// All that the doctor may find, in the order of the guide.
    private static let codes: [DiagnosisFinding.Code] = [
        .notMigrated, .missingMigration, .unknownMigration, .missingObject, .changedIndex, .waitingJobs, .pausedType,
        .expiredLease, .blockedForEver, .strandedJob, .failedJobs, .jobsNotRead, .journalMode, .largeWAL, .knownFault,
        .corruption, .brokenReference, .invalidIndex, .missingPartitions, .undroppedPartition, .manyPartitions,
        .idleTransaction, .longTransaction, .preparedTransaction, .idleReplicationSlot, .standbyFeedback,
        .hiddenActivity, .deadRows, .autovacuumOff, .clockSkew, .pooler, .transactionPooler, .unknownPooler,
    ]
}
#endif
