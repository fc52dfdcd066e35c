import Testing

/// The tests that start other programs, one after the other.
///
/// Started at the same moment, one program can inherit what another has open.
@Suite("With other programs", .serialized, .timeLimit(.minutes(5))) struct ProcessTests {}
