import Testing

/// The tests that start other programs, one after the other.
///
/// Started at the same moment, one program can inherit the pipes of another, which then don't end with it.
@Suite("With other programs", .serialized, .timeLimit(.minutes(5))) struct ProcessTests {}
