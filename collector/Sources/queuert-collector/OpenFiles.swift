import Foundation

/// How many files and connections this process may have open.
enum OpenFiles {
    /// Raises the limit to what the system allows: the usual 1,024 are fewer than the connections that there may be.
    static func raiseLimit() {
        #if canImport(Glibc) || canImport(Musl)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        // Where it isn't allowed, fewer connections are.
        _ = setrlimit(resource, &limit)
    }
}
