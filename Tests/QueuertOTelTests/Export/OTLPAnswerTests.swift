import Testing

@testable import QueuertOTel

@Suite("OTLP answers") struct OTLPAnswerTests {
    private func answer(_ status: Int, _ headers: [String: String] = [:], _ body: [UInt8] = []) -> OTLPAnswer {
        OTLPAnswer(
            HTTPResponse(status: status, headers: headers, body: body), items: 10, maximumBytes: 1000,
            secondsSince1970: 1_700_000_000)
    }

    private func json(_ text: String, status: Int = 200) -> OTLPAnswer {
        answer(status, ["content-type": "application/json; charset=utf-8"], Array(text.utf8))
    }

    @Test("X08 a message without rejected spans is a success with a message")
    func messageOnly() {
        let body = partialSuccess(rejected: 0, message: "deprecated")
        #expect(answer(200, [:], body) == .accepted(rejected: 0, message: "deprecated"))
    }

    @Test("X08 no more spans are rejected than were sent, and no fewer than none")
    func clamped() {
        #expect(answer(200, [:], partialSuccess(rejected: 99, message: "")) == .accepted(rejected: 10, message: ""))
        #expect(json(#"{"partialSuccess":{"rejectedSpans":"-3"}}"#) == .accepted(rejected: 0, message: ""))
    }

    @Test("X14 reads partial success from JSON, with the number as text or number")
    func jsonPartialSuccess() {
        #expect(json("{}") == .accepted(rejected: 0, message: ""))
        #expect(
            json(#"{"partialSuccess":{"rejectedSpans":"4","errorMessage":"old"}}"#)
                == .accepted(rejected: 4, message: "old"))
        for key in ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"] {
            #expect(json(#"{"partialSuccess":{"\#(key)":4}}"#) == .accepted(rejected: 4, message: ""))
        }
    }

    @Test("X14 reads an error's message from protobuf, JSON and plain text, and tolerates the rest")
    func errorBodies() {
        let status: [UInt8] = [0x08, 0x03, 0x12, 0x03] + Array("bad".utf8)
        let told = OTLPAnswer.refused(reason: "The receiver answered with status 400: bad.", cause: .status(400))
        let untold = OTLPAnswer.refused(reason: "The receiver answered with status 400.", cause: .status(400))
        #expect(answer(400, ["content-type": "application/x-protobuf;v=1"], status) == told)
        #expect(answer(400, [:], status) == told)
        #expect(json(#"{"code":3,"message":"bad"}"#, status: 400) == told)
        #expect(answer(400, ["content-type": "text/plain"], Array("bad\n".utf8)) == told)
        #expect(answer(400, ["content-type": "text/html"], Array("<h1>bad</h1>".utf8)) == untold)
        #expect(answer(400, ["content-type": "application/x-protobuf"], [0xff, 0xff]) == untold)
        #expect(json("{", status: 400) == untold)
    }

    @Test("X14 an error's message is one bounded line")
    func boundedMessage() {
        let text = "a\r\nb" + String(repeating: "c", count: 5000)
        guard case .refused(let reason, _) = answer(400, ["content-type": "text/plain"], Array(text.utf8)) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.count < 300)
        #expect(!reason.contains { $0.isNewline })
    }

    @Test("X02 a success that is a web page or can't be decoded is refused")
    func senseless() {
        for response in [
            answer(200, ["content-type": "text/html"], Array("<p>log in</p>".utf8)),
            answer(200, ["content-type": "application/x-protobuf"], [0xff, 0xff]),
            json("<"), json(#"{"partialSuccess":{"rejectedSpans":"many"}}"#),
        ] {
            guard case .refused = response else {
                Issue.record("\(response)")
                continue
            }
        }
    }

    @Test("X14 a success without a type, and one with words of its own, are successes")
    func tolerated() {
        #expect(answer(204) == .accepted(rejected: 0, message: ""))
        #expect(answer(200, ["content-type": "text/plain"], Array("ok".utf8)) == .accepted(rejected: 0, message: ""))
        #expect(json("queued", status: 202) == .accepted(rejected: 0, message: ""))
    }

    @Test("X14 what a single character is made of has an end, too")
    func boundedCharacter() {
        let text = "e" + String(repeating: "\u{301}", count: 5_000)
        guard case .refused(let reason, _) = json(#"{"message":"\#(text)"}"#, status: 400) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.unicodeScalars.count < 300)
    }

    @Test("X03 X07 an answer that says it is in gzip, and is empty, is a success", arguments: ["gzip", "x-gzip"])
    func emptyGzip(encoding: String) {
        #expect(answer(200, ["content-encoding": encoding]) == .accepted(rejected: 0, message: ""))
        #expect(answer(204, ["content-encoding": encoding]) == .accepted(rejected: 0, message: ""))
    }

    @Test("X03 X07 an answer in gzip is read, within the limit")
    func gzipped() throws {
        let headers = ["content-encoding": "gzip", "content-type": "application/x-protobuf"]
        let body = try Gzip.compress(partialSuccess(rejected: 3, message: "x"))
        #expect(answer(200, headers, body) == .accepted(rejected: 3, message: "x"))
        guard case .refused = answer(200, headers, try Gzip.compress([UInt8](repeating: 0, count: 2000))) else {
            Issue.record("a bomb was accepted")
            return
        }
        #expect(
            answer(503, headers, [1, 2])
                == .retry(reason: "The receiver answered with status 503.", after: nil, cause: .status(503)))
    }
}
