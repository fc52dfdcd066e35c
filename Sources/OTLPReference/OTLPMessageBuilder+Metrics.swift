internal import COTLP
internal import CProtobufC
internal import QueuertOTel

extension OTLPMessageBuilder {
    mutating func request(
        _ metrics: [MetricData], resource: Resource
    ) -> UnsafeMutablePointer<Queuert__Otlp__V1__ExportMetricsRequest> {
        let request = arena.allocate(Queuert__Otlp__V1__ExportMetricsRequest.self)
        queuert__otlp__v1__export_metrics_request__init(request)
        let ofResource = arena.allocate(Queuert__Otlp__V1__ResourceMetrics.self)
        queuert__otlp__v1__resource_metrics__init(ofResource)
        ofResource.pointee.resource = described(resource)
        let groups = Self.grouped(metrics) { $0.descriptor.scope }
        ofResource.pointee.n_scope_metrics = groups.count
        ofResource.pointee.scope_metrics = filled(groups) { builder, target, group in
            queuert__otlp__v1__scope_metrics__init(target)
            target.pointee.scope = builder.described(group.scope)
            target.pointee.schema_url = builder.arena.copy(group.scope.schemaURL)
            target.pointee.n_metrics = group.items.count
            target.pointee.metrics = builder.filled(group.items) { $0.fill($1, with: $2) }
        }
        request.pointee.n_resource_metrics = 1
        request.pointee.resource_metrics = arena.allocate(
            UnsafeMutablePointer<Queuert__Otlp__V1__ResourceMetrics>?.self)
        request.pointee.resource_metrics[0] = ofResource
        return request
    }

    /// An array of pointers to values that are made one by one.
    mutating func filled<Element, Value>(
        _ elements: [Element], _ fill: (inout OTLPMessageBuilder, UnsafeMutablePointer<Value>, Element) -> Void
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Value>?>? {
        guard let targets = pointers(to: Value.self, count: elements.count) else { return nil }
        for (index, element) in elements.enumerated() {
            if let target = targets[index] { fill(&self, target, element) }
        }
        return targets
    }

    private mutating func fill(_ target: UnsafeMutablePointer<Queuert__Otlp__V1__Metric>, with metric: MetricData) {
        queuert__otlp__v1__metric__init(target)
        target.pointee.name = arena.copy(metric.descriptor.name)
        target.pointee.description = arena.copy(metric.descriptor.description)
        target.pointee.unit = arena.copy(metric.descriptor.unit)
        switch metric.content {
        case .gauge(let points):
            let gauge = arena.allocate(Queuert__Otlp__V1__Gauge.self)
            queuert__otlp__v1__gauge__init(gauge)
            gauge.pointee.n_data_points = points.count
            gauge.pointee.data_points = filled(points) { $0.fill($1, with: $2) }
            target.pointee.data_case = QUEUERT__OTLP__V1__METRIC__DATA_GAUGE
            target.pointee.gauge = gauge
        case .sum(let points, let temporality, let isMonotonic):
            let sum = arena.allocate(Queuert__Otlp__V1__Sum.self)
            queuert__otlp__v1__sum__init(sum)
            sum.pointee.n_data_points = points.count
            sum.pointee.data_points = filled(points) { $0.fill($1, with: $2) }
            sum.pointee.aggregation_temporality = temporality.ofProtobufC
            sum.pointee.is_monotonic = isMonotonic ? 1 : 0
            target.pointee.data_case = QUEUERT__OTLP__V1__METRIC__DATA_SUM
            target.pointee.sum = sum
        case .histogram(let points, let temporality):
            let histogram = arena.allocate(Queuert__Otlp__V1__Histogram.self)
            queuert__otlp__v1__histogram__init(histogram)
            histogram.pointee.n_data_points = points.count
            histogram.pointee.data_points = filled(points) { $0.fill($1, with: $2) }
            histogram.pointee.aggregation_temporality = temporality.ofProtobufC
            target.pointee.data_case = QUEUERT__OTLP__V1__METRIC__DATA_HISTOGRAM
            target.pointee.histogram = histogram
        case .exponentialHistogram(let points, let temporality):
            let histogram = arena.allocate(Queuert__Otlp__V1__ExponentialHistogram.self)
            queuert__otlp__v1__exponential_histogram__init(histogram)
            histogram.pointee.n_data_points = points.count
            histogram.pointee.data_points = filled(points) { $0.fill($1, with: $2) }
            histogram.pointee.aggregation_temporality = temporality.ofProtobufC
            target.pointee.data_case = QUEUERT__OTLP__V1__METRIC__DATA_EXPONENTIAL_HISTOGRAM
            target.pointee.exponential_histogram = histogram
        }
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__NumberDataPoint>, with point: MetricData.NumberPoint
    ) {
        queuert__otlp__v1__number_data_point__init(target)
        target.pointee.n_attributes = point.attributes.attributes.count
        target.pointee.attributes = attributes(point.attributes.attributes)
        target.pointee.start_time_unix_nano = point.start
        target.pointee.time_unix_nano = point.time
        switch point.value {
        case .int(let number):
            target.pointee.value_case = QUEUERT__OTLP__V1__NUMBER_DATA_POINT__VALUE_AS_INT
            target.pointee.as_int = number
        case .double(let number):
            target.pointee.value_case = QUEUERT__OTLP__V1__NUMBER_DATA_POINT__VALUE_AS_DOUBLE
            target.pointee.as_double = number
        }
        target.pointee.n_exemplars = point.exemplars.count
        target.pointee.exemplars = filled(point.exemplars) { $0.fill($1, with: $2) }
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__HistogramDataPoint>, with point: MetricData.HistogramPoint
    ) {
        let distribution = point.distribution
        queuert__otlp__v1__histogram_data_point__init(target)
        target.pointee.n_attributes = point.attributes.attributes.count
        target.pointee.attributes = attributes(point.attributes.attributes)
        target.pointee.start_time_unix_nano = point.start
        target.pointee.time_unix_nano = point.time
        target.pointee.count = distribution.count
        target.pointee.optional_sum_case = QUEUERT__OTLP__V1__HISTOGRAM_DATA_POINT__OPTIONAL_SUM_SUM
        target.pointee.sum = distribution.sum
        target.pointee.n_bucket_counts = distribution.counts.count
        target.pointee.bucket_counts = copy(distribution.counts)
        target.pointee.n_explicit_bounds = distribution.bounds.count
        target.pointee.explicit_bounds = copy(distribution.bounds)
        if let minimum = distribution.minimum {
            target.pointee.optional_min_case = QUEUERT__OTLP__V1__HISTOGRAM_DATA_POINT__OPTIONAL_MIN_MIN
            target.pointee.min = minimum
        }
        if let maximum = distribution.maximum {
            target.pointee.optional_max_case = QUEUERT__OTLP__V1__HISTOGRAM_DATA_POINT__OPTIONAL_MAX_MAX
            target.pointee.max = maximum
        }
        target.pointee.n_exemplars = point.exemplars.count
        target.pointee.exemplars = filled(point.exemplars) { $0.fill($1, with: $2) }
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__ExponentialHistogramDataPoint>,
        with point: MetricData.ExponentialHistogramPoint
    ) {
        let distribution = point.distribution
        queuert__otlp__v1__exponential_histogram_data_point__init(target)
        target.pointee.n_attributes = point.attributes.attributes.count
        target.pointee.attributes = attributes(point.attributes.attributes)
        target.pointee.start_time_unix_nano = point.start
        target.pointee.time_unix_nano = point.time
        target.pointee.count = distribution.count
        target.pointee.optional_sum_case = QUEUERT__OTLP__V1__EXPONENTIAL_HISTOGRAM_DATA_POINT__OPTIONAL_SUM_SUM
        target.pointee.sum = distribution.sum
        target.pointee.scale = Int32(distribution.scale)
        target.pointee.zero_count = distribution.zeroCount
        target.pointee.positive = buckets(distribution.positive)
        target.pointee.negative = buckets(distribution.negative)
        if let minimum = distribution.minimum {
            target.pointee.optional_min_case = QUEUERT__OTLP__V1__EXPONENTIAL_HISTOGRAM_DATA_POINT__OPTIONAL_MIN_MIN
            target.pointee.min = minimum
        }
        if let maximum = distribution.maximum {
            target.pointee.optional_max_case = QUEUERT__OTLP__V1__EXPONENTIAL_HISTOGRAM_DATA_POINT__OPTIONAL_MAX_MAX
            target.pointee.max = maximum
        }
        target.pointee.n_exemplars = point.exemplars.count
        target.pointee.exemplars = filled(point.exemplars) { $0.fill($1, with: $2) }
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__Exemplar>, with exemplar: Exemplar
    ) {
        queuert__otlp__v1__exemplar__init(target)
        target.pointee.time_unix_nano = exemplar.time
        target.pointee.n_filtered_attributes = exemplar.filteredAttributes.count
        target.pointee.filtered_attributes = attributes(exemplar.filteredAttributes)
        switch exemplar.value {
        case .int(let number):
            target.pointee.value_case = QUEUERT__OTLP__V1__EXEMPLAR__VALUE_AS_INT
            target.pointee.as_int = number
        case .double(let number):
            target.pointee.value_case = QUEUERT__OTLP__V1__EXEMPLAR__VALUE_AS_DOUBLE
            target.pointee.as_double = number
        }
        if let context = exemplar.context {
            target.pointee.trace_id = bytes(context.traceID)
            target.pointee.span_id = bytes(context.spanID)
        }
    }

    private mutating func buckets(
        _ buckets: ExponentialHistogram.Buckets
    ) -> UnsafeMutablePointer<Queuert__Otlp__V1__ExponentialHistogramBuckets>? {
        guard !buckets.counts.isEmpty else { return nil }
        let target = arena.allocate(Queuert__Otlp__V1__ExponentialHistogramBuckets.self)
        queuert__otlp__v1__exponential_histogram_buckets__init(target)
        target.pointee.offset = Int32(buckets.offset)
        target.pointee.n_bucket_counts = buckets.counts.count
        target.pointee.bucket_counts = copy(buckets.counts)
        return target
    }

    private mutating func copy<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
        let target = arena.allocate(Value.self, count: values.count)
        for (index, value) in values.enumerated() { target[index] = value }
        return target
    }
}

extension MetricTemporality {
    fileprivate var ofProtobufC: Queuert__Otlp__V1__AggregationTemporality {
        switch self {
        case .delta: QUEUERT__OTLP__V1__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_DELTA
        case .cumulative: QUEUERT__OTLP__V1__AGGREGATION_TEMPORALITY__AGGREGATION_TEMPORALITY_CUMULATIVE
        }
    }
}
