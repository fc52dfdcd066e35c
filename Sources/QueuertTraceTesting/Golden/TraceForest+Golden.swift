extension TraceForest {
    /// Compares the traces with those in a file, drawn as trees: `Traces/NAME.txt` beside the test's file.
    ///
    /// Where there is no file it is written, for you to read and commit; on CI, where the variable `CI` is set, that is a
    /// failure instead. With the variable `UPDATE_TRACES=1` a file that differs is rewritten, other than on CI. Where no span
    /// was recorded, that is always a failure.
    ///
    /// What must hold for all traces is checked, too.
    ///
    /// - Parameters:
    ///   - name: The file's name, without `.txt`.
    ///   - rendering: What of the spans is compared.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is: the file is beside it.
    ///   - line: Where the expectation is, for the text of a failure.
    /// - Throws: ``TraceMismatch`` if the traces are not those of the file, or an error if the file can't be read or written.
    public func expect(
        golden name: String, rendering: TraceRendering = .golden, file: StaticString = #fileID,
        path: StaticString = #filePath, line: UInt = #line
    ) throws {
        try expect(
            GoldenFile(name, besideTestAt: "\(path)"), rendering, waited: nil, SourcePlace(file, path, line))
    }

    func expect(_ golden: GoldenFile, _ rendering: TraceRendering, waited: String?, _ place: SourcePlace) throws {
        let report = FailureReport(RecordedTree(self), waited: waited, place)
        // Written down, nothing would be as expected ever after.
        guard !spans.isEmpty else { throw report.nothingToCompare(file: golden.name) }
        let violations = TraceInvariants.violations(in: self)
        if !violations.isEmpty { throw report.invariantsBroken(violations) }
        let found = rendered(rendering)
        guard let expected = try golden.read() else {
            if golden.isReadOnly { throw report.goldenMissing(file: golden.name) }
            return try golden.write(found)
        }
        guard found != expected else { return }
        if golden.isToBeUpdated { return try golden.write(found) }
        throw report.golden(GoldenFile.difference(expected, found), file: golden.name)
    }
}

extension TraceRecorder {
    /// Waits until the recorded traces are those in a file, drawn as trees: `Traces/NAME.txt` beside the test's file.
    ///
    /// Traces that differ are waited for only while more may come: while a span is open, while a chain of a queue has not
    /// ended, and while there are fewer traces than the file has.
    ///
    /// Where there is no file, or one that is to be rewritten, this waits as long for the traces that there are, but knows of
    /// no others: call it when the work is done, as after a worker was stopped. See
    /// ``TraceForest/expect(golden:rendering:file:path:line:)``.
    ///
    /// - Parameters:
    ///   - name: The file's name, without `.txt`.
    ///   - rendering: What of the spans is compared.
    ///   - duration: How long to wait at most.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is: the file is beside it.
    ///   - line: Where the expectation is, for the text of a failure.
    /// - Throws: ``TraceMismatch`` if the traces are not those of the file when they are complete or the time is up, an error
    ///   if the file can't be read or written, or `CancellationError`.
    public func expect(
        golden name: String, rendering: TraceRendering = .golden, within duration: Duration = .seconds(60),
        file: StaticString = #fileID, path: StaticString = #filePath, line: UInt = #line
    ) async throws {
        let place = SourcePlace(file, path, line)
        try await expect(GoldenFile(name, besideTestAt: "\(path)"), rendering, within: duration, place)
    }

    func expect(
        _ golden: GoldenFile, _ rendering: TraceRendering, within duration: Duration, _ place: SourcePlace
    ) async throws {
        let expected = try golden.read()
        // A file that is to be rewritten doesn't tell how many there will be.
        let traceCount = golden.isToBeUpdated ? 0 : GoldenFile.traceCount(expected ?? "")
        let settled = try await wait(within: duration) { forest -> TraceForest? in
            guard forest.openSpans.isEmpty, !forest.spans.isEmpty else { return nil }
            if forest.rendered(rendering) == expected { return forest }
            return forest.isComplete && forest.traces.count >= traceCount ? forest : nil
        }
        let forest = settled ?? forest
        guard forest.openSpans.isEmpty else {
            throw FailureReport(RecordedTree(forest), waited: "\(duration)", place).neverQuiet()
        }
        try forest.expect(golden, rendering, waited: settled == nil ? "\(duration)" : nil, place)
    }
}
