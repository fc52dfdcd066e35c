/// Counts what only grows, such as jobs that were completed.
public struct CounterInstrument<Number: MetricNumber>: Sendable {
    let recorder: any MetricRecorder<Number>

    /// Counts.
    ///
    /// - Parameters:
    ///   - amount: How many. One below zero is left out, as it would make the sum shrink.
    ///   - attributes: What they are told apart by.
    public func add(_ amount: Number, _ attributes: AttributeSet = .empty) {
        if amount >= .zero { recorder.record(amount, attributes) }
    }

    /// Forgets what was counted with the attributes, so that it is exported no more; the next addition starts from zero.
    ///
    /// - Parameter attributes: What it is told apart by.
    public func forget(_ attributes: AttributeSet = .empty) { recorder.forget(attributes) }
}

/// Keeps count of what comes and goes, such as jobs that are being processed.
public struct UpDownCounterInstrument<Number: MetricNumber>: Sendable {
    let recorder: any MetricRecorder<Number>

    /// Counts.
    ///
    /// - Parameters:
    ///   - amount: How many came, or below zero how many went.
    ///   - attributes: What they are told apart by.
    public func add(_ amount: Number, _ attributes: AttributeSet = .empty) { recorder.record(amount, attributes) }

    /// Forgets what was counted with the attributes, so that it is exported no more; the next addition starts from zero.
    ///
    /// - Parameter attributes: What it is told apart by.
    public func forget(_ attributes: AttributeSet = .empty) { recorder.forget(attributes) }
}

/// Keeps the last value of what can't be added up, such as a temperature.
public struct GaugeInstrument<Number: MetricNumber>: Sendable {
    let recorder: any MetricRecorder<Number>

    /// Sets the value.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - attributes: What it is told apart by.
    public func record(_ value: Number, _ attributes: AttributeSet = .empty) { recorder.record(value, attributes) }

    /// Forgets the value with the attributes, so that it is exported no more.
    ///
    /// - Parameter attributes: What it is told apart by.
    public func forget(_ attributes: AttributeSet = .empty) { recorder.forget(attributes) }
}

/// Counts measurements by their size, such as durations.
public struct HistogramInstrument: Sendable {
    let recorder: any MetricRecorder<Double>

    /// Counts a measurement.
    ///
    /// - Parameters:
    ///   - value: The measurement. One that isn't a number is left out.
    ///   - attributes: What it is told apart by.
    public func record(_ value: Double, _ attributes: AttributeSet = .empty) { recorder.record(value, attributes) }

    /// Forgets what was counted with the attributes, so that it is exported no more.
    ///
    /// - Parameter attributes: What it is told apart by.
    public func forget(_ attributes: AttributeSet = .empty) { recorder.forget(attributes) }
}
