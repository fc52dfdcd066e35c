// What a log record says, in the words of this page.
import { valueText } from "./format.js";

// OTLP numbers severities in fours, from trace to fatal.
export function logLevel(log) {
  const number = log.severityNumber ?? 0;
  return number >= 17 ? "error" : number >= 13 ? "warning" : number >= 9 ? "info" : number > 0 ? "debug" : "";
}

export function logText(log) {
  return [log.eventName, valueText(log.body)].filter(Boolean).join(" ") || "(empty)";
}

// Records by the spans that they were logged in, as the waterfall marks them.
export function logsBySpan(logs) {
  const spans = new Map();
  for (const log of logs) {
    if (!log.traceId || !log.spanId) continue;
    const key = `${log.traceId}/${log.spanId}`;
    spans.set(key, [...(spans.get(key) ?? []), { time: log.timeUnixNano ?? log.observedTimeUnixNano ?? "0", text: logText(log), level: logLevel(log), log }]);
  }
  return spans;
}
