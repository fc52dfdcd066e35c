import CLibPQ
import Testing

@Suite("System libraries") struct SystemLibraryTests {
    @Test("libpq, which the package names, links and answers")
    func libpq() { #expect(PQlibVersion() >= 90_000) }
}
