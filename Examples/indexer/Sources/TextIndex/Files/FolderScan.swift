/// The files of a folder and of the folders in it.
package struct FolderScan: Sendable {
    /// A file that is not taken in.
    package struct Skipped: Sendable {
        package let path: String
        package let reason: SkipReason
    }
    /// Text files, as paths inside the folder, in the order in which they were found.
    package private(set) var files: [String] = []
    /// Files and folders on the way that can't be taken in.
    package private(set) var skipped: [Skipped] = []

    /// Walks through a folder, names in the order of their bytes, until there are enough files.
    ///
    /// Symbolic links are left out: what they name counts once, under its own name, and no circle of them can catch us.
    /// A named pipe counts as a text file, since whoever looks into it takes away what is in it.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - fileLimit: How many text files at most.
    /// - Throws: ``FileAccessError`` if the folder can't be read; a folder inside it that can't is skipped.
    package init(of folder: String, fileLimit: Int) throws(FileAccessError) {
        var pending = try FileReader.names(inFolder: folder)[...]
        pending.reverse()
        while files.count < fileLimit, let path = pending.popLast() {
            let absolute = "\(folder)/\(path)"
            do throws(FileAccessError) {
                let status = try FileStatus(path: absolute)
                switch status.kind {
                case .folder:
                    pending += try FileReader.names(inFolder: absolute).reversed().map { "\(path)/\($0)" }
                case .regular:
                    if let reason = TextFile.obstacle(absolute, byteCount: status.byteCount) {
                        skipped.append(Skipped(path: path, reason: reason))
                    } else {
                        files.append(path)
                    }
                case .pipe: files.append(path)
                case .other: break
                }
            } catch {
                skipped.append(Skipped(path: path, reason: error.skipReason))
            }
        }
    }
}
