internal import COTLP
internal import CProtobufC
internal import QueuertOTel

extension OTLPMessageBuilder {
    mutating func request(
        _ records: [LogRecordData], resource: Resource
    ) -> UnsafeMutablePointer<Queuert__Otlp__V1__ExportLogsRequest> {
        let request = arena.allocate(Queuert__Otlp__V1__ExportLogsRequest.self)
        queuert__otlp__v1__export_logs_request__init(request)
        let ofResource = arena.allocate(Queuert__Otlp__V1__ResourceLogs.self)
        queuert__otlp__v1__resource_logs__init(ofResource)
        ofResource.pointee.resource = described(resource)
        let groups = Self.grouped(records) { $0.scope }
        ofResource.pointee.n_scope_logs = groups.count
        ofResource.pointee.scope_logs = filled(groups) { builder, target, group in
            queuert__otlp__v1__scope_logs__init(target)
            target.pointee.scope = builder.described(group.scope)
            target.pointee.schema_url = builder.arena.copy(group.scope.schemaURL)
            target.pointee.n_log_records = group.items.count
            target.pointee.log_records = builder.filled(group.items) { $0.fill($1, with: $2) }
        }
        request.pointee.n_resource_logs = 1
        request.pointee.resource_logs = arena.allocate(UnsafeMutablePointer<Queuert__Otlp__V1__ResourceLogs>?.self)
        request.pointee.resource_logs[0] = ofResource
        return request
    }

    private mutating func fill(
        _ target: UnsafeMutablePointer<Queuert__Otlp__V1__LogRecord>, with record: LogRecordData
    ) {
        queuert__otlp__v1__log_record__init(target)
        target.pointee.time_unix_nano = record.time
        target.pointee.observed_time_unix_nano = record.time
        target.pointee.severity_number = Queuert__Otlp__V1__SeverityNumber(UInt32(record.severity.rawValue))
        target.pointee.severity_text = arena.copy(record.severity.name)
        let body = arena.allocate(AnyValue.self)
        fill(body, with: .string(record.body))
        target.pointee.body = body
        target.pointee.n_attributes = record.attributes.count
        target.pointee.attributes = attributes(record.attributes)
        target.pointee.dropped_attributes_count = UInt32(clamping: record.droppedAttributes)
        if let context = record.context {
            target.pointee.flags = UInt32(context.flags.rawValue)
            target.pointee.trace_id = bytes(context.traceID)
            target.pointee.span_id = bytes(context.spanID)
        }
        target.pointee.event_name = arena.copy(record.eventName)
    }
}
