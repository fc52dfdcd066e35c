package import Queuert

/// Finds a folder's text files and starts the work on them; the chain has this one job.
package enum ScanFolder: EntryJobType {
    package static let name = "scan-folder"

    package struct Input: Codable, Sendable {
        /// The folder's absolute path.
        package var folder: String
        /// How many text files to index at most.
        package var fileLimit: Int
        /// Files whose work fails twice before it succeeds: paths inside the folder.
        package var failingFiles: [String]
        /// Whether the first file is one of those.
        package var failsFirstFile: Bool

        package init(folder: String, fileLimit: Int, failingFiles: [String] = [], failsFirstFile: Bool = false) {
            self.folder = folder
            self.fileLimit = fileLimit
            self.failingFiles = failingFiles
            self.failsFirstFile = failsFirstFile
        }
    }

    package struct Output: Codable, Sendable {
        /// The chain that writes the report when all files are done.
        package var reportChainID: JobID
    }
}
