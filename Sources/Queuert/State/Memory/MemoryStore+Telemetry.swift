/// A message of the outbox, and since when it is there.
struct StoredTelemetry {
    let kept: KeptTelemetry
    let keptAt: Timestamp
}

/// Who sends what is in the outbox, and until when nobody else does.
struct TelemetryLeader {
    let name: String
    let until: Timestamp
}
