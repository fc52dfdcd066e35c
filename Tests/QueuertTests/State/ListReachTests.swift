import Queuert
import Testing

@Suite("How far a list looks") struct ListReachTests {
    @Test(
        "ten thousand jobs are always few, and so is one in fifty of all",
        arguments: [(0, 10_000), (500_000, 10_000), (12_000_000, 240_000)])
    func few(jobs: Int, few: Int) {
        #expect(ListReach().few(of: jobs) == few)
    }
}
