import Testing

@testable import QueuertSQLite

@Suite("Whom a commit waits for") struct CommitCompanyTests {
    @Test("who writes alone is waited for by nobody, and waits for nobody")
    func alone() {
        var company = CommitCompany()
        for _ in 0..<3 {
            company.came()
            #expect(!company.isExpected)
            #expect(company.patience == .zero)
            company.released(1, commitTook: .milliseconds(1))
        }
    }

    @Test("those that a commit let go are expected until all have come")
    func expected() {
        var company = CommitCompany()
        company.released(3, commitTook: .milliseconds(1))
        for _ in 0..<3 {
            #expect(company.isExpected)
            company.came()
        }
        #expect(!company.isExpected)
    }

    @Test("nobody is waited for longer than half a millisecond")
    func patience() {
        var company = CommitCompany()
        for _ in 0..<100 { company.released(3, commitTook: .seconds(1)) }
        #expect(company.patience == .microseconds(500))
        for _ in 0..<100 { company.released(3, commitTook: .zero) }
        #expect(company.patience == .microseconds(50))
    }

    @Test("while most stay away, fewer and fewer commits wait")
    func stayedAway() {
        var company = CommitCompany()
        var waits: [Int] = []
        for commit in 0..<30 {
            if company.isExpected {
                waits.append(commit)
                company.stayedAway()
            }
            company.released(4, commitTook: .milliseconds(1))
        }
        #expect(waits == [1, 3, 7, 15])
    }

    @Test("those that come back make commits wait again")
    func comeBack() {
        var company = CommitCompany()
        company.released(4, commitTook: .milliseconds(1))
        company.stayedAway()
        company.released(4, commitTook: .milliseconds(1))
        #expect(!company.isExpected)
        company.released(4, commitTook: .milliseconds(1))
        #expect(company.isExpected)
        for _ in 0..<3 { company.came() }
        company.stayedAway()
        company.released(4, commitTook: .milliseconds(1))
        #expect(company.isExpected, "three of four came")
    }

    @Test("one slow body is forgotten after some fast ones, many are not")
    func pace() {
        let sharing = CommitSharing()
        var pace = CommitPace()
        #expect(!pace.isCareful(sharing))
        pace.bodyTook(.milliseconds(200))
        #expect(pace.isCareful(sharing))
        for _ in 0..<20 { pace.bodyTook(.microseconds(50)) }
        #expect(!pace.isCareful(sharing))
        for _ in 0..<20 { pace.bodyTook(.milliseconds(20)) }
        #expect(pace.isCareful(sharing))
    }
}
