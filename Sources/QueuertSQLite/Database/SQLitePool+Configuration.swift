extension SQLitePool {
    /// How a pool is set up.
    public struct Configuration: Sendable {
        /// What a commit waits for.
        public enum Synchronous: String, Sendable {
            /// A commit is on the disk when it returns: nothing is lost when the power fails.
            case full = "FULL"
            /// A commit survives the end of the process, but the last ones may be lost when the power fails.
            case normal = "NORMAL"
        }
        /// What a pool may do with the file.
        public enum Access: Sendable {
            /// Read and write, and make the file if there is none.
            case create
            /// Read and write a file that exists.
            case existing
            /// Read a file that exists, and change none of its settings, for tools that look at a database.
            ///
            /// One connection reads, whatever else is configured, and whoever is to write gets an error.
            case readOnly
        }
        /// What the pool may do with the file.
        public var access: Access
        /// How many connections read; with none, reads take turns with the transactions that write.
        public var readers: Int
        /// What a commit waits for.
        public var synchronous: Synchronous
        /// How long a statement waits for another process's lock.
        public var busyTimeout: Duration
        /// How large the write-ahead log (the file `-wal`) may become, in bytes, before readers are held up to begin it anew.
        ///
        /// It is emptied without that when the database has a moment without reads and writes. A read that takes long can
        /// make it larger, of which a warning tells.
        public var walSizeLimit: Int
        /// How many prepared statements each connection keeps.
        public var statementCacheLimit: Int
        /// When transactions share a commit; tests leave nothing to chance.
        package var commitSharing = CommitSharing()
        /// How long nobody writes until the write-ahead log is emptied.
        package var checkpointIdleTime = Duration.seconds(1)
        /// How long a checkpoint waits for others when the log has reached its limit: see ``CheckpointPatience``.
        package var checkpointPatience = Duration.milliseconds(250)
        /// Whether a file that holds something keeps the journal that it has, for tools that write to others' files.
        package var keepsJournal = false

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - access: What the pool may do with the file; ``Access/create`` by default.
        ///   - readers: How many connections read; 2 by default. Databases in memory have none.
        ///   - synchronous: What a commit waits for; ``Synchronous/full`` by default.
        ///   - busyTimeout: How long a statement waits for another process's lock; 5 seconds by default.
        ///   - walSizeLimit: How large the write-ahead log may become, in bytes; 32 MiB by default.
        ///   - statementCacheLimit: How many prepared statements each connection keeps; 512 by default.
        public init(
            access: Access = .create, readers: Int = 2, synchronous: Synchronous = .full,
            busyTimeout: Duration = .seconds(5), walSizeLimit: Int = 32 << 20, statementCacheLimit: Int = 512
        ) {
            self.access = access
            self.readers = max(0, readers)
            self.synchronous = synchronous
            self.busyTimeout = busyTimeout
            self.walSizeLimit = max(0, walSizeLimit)
            self.statementCacheLimit = max(1, statementCacheLimit)
        }
    }
}
