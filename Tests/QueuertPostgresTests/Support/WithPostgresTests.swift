import Foundation
import Testing

/// The script that runs a command with a server: here with programs that only pretend to be one's.
@Suite("The script with-postgres", .timeLimit(.minutes(5))) struct WithPostgresTests {
    @Test("takes the newest version below the folder that it is given, unless it is told where the programs are")
    func newest() async throws {
        try await withTemporaryFolder { folder in
            for version in ["9", "14", "17"] {
                let programs = "\(folder)/\(version)/bin"
                try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
                for program in ["initdb", "pg_ctl"] {
                    let isMade = FileManager.default.createFile(
                        atPath: "\(programs)/\(program)", contents: Data("#!/bin/sh\n".utf8),
                        attributes: [.posixPermissions: 0o755])
                    #expect(isMade)
                }
            }
            try await expectPrograms("\(folder)/17/bin", below: folder)
            try await expectPrograms("\(folder)/14/bin", below: folder, ["POSTGRES_BIN=\(folder)/14/bin"])
            try await expectPrograms("\(folder)/9/bin", below: folder, ["QUEUERT_POSTGRES_VERSIONS=9"])
        }
    }

    /// Fails unless the script tells its command of some programs.
    private func expectPrograms(_ programs: String, below root: String, _ variables: [String] = []) async throws {
        let unset = ["QUEUERT_TEST_POSTGRES", "QUEUERT_POSTGRES_VERSIONS", "POSTGRES_BIN"].flatMap { ["-u", $0] }
        let script = ["QUEUERT_POSTGRES_ROOT=\(root)"] + variables + ["/bin/bash", scriptPath("with-postgres")]
        let command = ["/bin/bash", "-c", "[[ $POSTGRES_BIN == \"$0\" ]]", programs]
        try await runProgram("/usr/bin/env", unset + script + command)
    }
}
