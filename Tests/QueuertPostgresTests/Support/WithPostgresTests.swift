import Testing

/// The script that runs a command with a server: here with programs that only pretend to be one's.
@Suite("The script with-postgres", .timeLimit(.minutes(5))) struct WithPostgresTests {
    @Test("takes the newest version below the folder that it is given, unless it is told where the programs are")
    func newest() async throws {
        try await withTemporaryFolder { folder in
            // By another process: a program that is written here may be open in one that a test starts meanwhile, and is
            // refused then as busy.
            let script = """
                for version in 9 14 17; do
                    mkdir -p "$0/$version/bin"
                    for program in initdb pg_ctl; do
                        echo '#!/bin/sh' >"$0/$version/bin/$program"
                        chmod 755 "$0/$version/bin/$program"
                    done
                done
                """
            try await runProgram("/bin/sh", ["-c", script, folder])
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
