/// How far a list looks: up to how many jobs it finds by what they do, and sorts, before it walks through all of them in the
/// order of creation until a page is full.
///
/// Where many do what is asked for, a walk is soon done, unless all of them are behind others. By both numbers together a
/// page never costs more than to sort so many, or to walk over fifty times as many as do what is asked for.
package struct ListReach: Sendable {
    /// So many are always sorted.
    package var minimum = 10_000
    /// More are, if they are not more than one in so many of all jobs.
    package var share = 50

    package init() {}

    /// Up to how many are sorted.
    ///
    /// - Parameter jobs: How many jobs there are, as far as that is known.
    /// - Returns: The number.
    package func few(of jobs: Int) -> Int { max(minimum, jobs / max(1, share)) }
}
