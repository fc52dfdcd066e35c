extension EnvironmentConfiguration {
    /// What code has set that can't be used as it is.
    var settingWarnings: [ConfigurationWarning] {
        batchProcessor.warnings("batchProcessor") + sampler.warnings("sampler")
            + logs.batchProcessor.warnings("logs.batchProcessor") + metrics.reader.warnings("metrics.reader")
    }
}

extension EnvironmentConfiguration.BatchProcessor {
    /// The settings of a processor: the nearest that can be used.
    ///
    /// Without a limit of its own, a batch is bounded by the exporter's.
    func configuration(otherwise timeout: Duration?) -> BatchConfiguration {
        BatchConfiguration(
            maximumQueueSize: max(1, maximumQueueSize), maximumBatchSize: max(1, maximumBatchSize),
            scheduleDelay: scheduleDelay, exportTimeout: exportTimeout ?? timeout ?? .seconds(86_400))
    }

    fileprivate func warnings(_ property: String) -> [ConfigurationWarning] {
        var warnings: [ConfigurationWarning] = []
        for (name, size) in [("maximumQueueSize", maximumQueueSize), ("maximumBatchSize", maximumBatchSize)]
        where size < 1 {
            warnings.append(
                ConfigurationWarning(
                    variable: "\(property).\(name)", sentence: "The value is less than 1, and counts as 1.",
                    hint: "Set a size of at least 1."))
        }
        if scheduleDelay < BatchConfiguration.leastDelay {
            warnings.append(
                ConfigurationWarning(
                    variable: "\(property).scheduleDelay", sentence: "The delay is too short: a millisecond holds.",
                    hint: "Set one of at least a millisecond."))
        }
        return warnings
    }
}

extension PeriodicMetricReader.Configuration {
    fileprivate func warnings(_ property: String) -> [ConfigurationWarning] {
        if interval >= Self.leastInterval { return [] }
        return [
            ConfigurationWarning(
                variable: "\(property).interval", sentence: "The interval is too short: a millisecond holds.",
                hint: "Set one of at least a millisecond.")
        ]
    }
}

extension SamplerSetting {
    /// A ratio as it is used: the nearest from 0 to 1, and 1 for what isn't a number.
    static func usable(_ ratio: Double) -> Double { ratio.isNaN ? 1 : min(max(ratio, 0), 1) }

    fileprivate func warnings(_ property: String) -> [ConfigurationWarning] {
        switch self {
        case .alwaysOn, .alwaysOff, .parentBasedAlwaysOn, .parentBasedAlwaysOff: return []
        case .traceIDRatio(let ratio), .parentBasedTraceIDRatio(let ratio):
            let usable = Self.usable(ratio)
            if usable == ratio { return [] }
            return [
                ConfigurationWarning(
                    variable: property, sentence: "The ratio isn't a number from 0 to 1, and counts as \(Int(usable)).",
                    hint: "Set 0.1, say.")
            ]
        }
    }
}
