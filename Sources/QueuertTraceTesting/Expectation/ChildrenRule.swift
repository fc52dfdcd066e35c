/// How the spans below a span, or at the top of a trace, are compared with those that are expected there.
struct ChildrenRule: Hashable, Sendable {
    /// They come in any order; otherwise in order of their starts.
    var anyOrder = false
    /// There may be others, too.
    var othersAllowed = false
}
