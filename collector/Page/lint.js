// What of spans, metrics and log records isn't as the conventions have it: those of the queue as its registry says, others
// by what holds for all.
import { linkType } from "./model.js";
import { valueText } from "./format.js";

const kindNames = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const ownScope = "queuert";
const random = /[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16,}|\d{5,}/i;
const wellNamed = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;
// OpenTelemetry wants no more series of a metric than this; more mean an attribute with values without end.
const mostSeries = 2000;

// Findings that say the same are one, with how often and an example.
export function lint({ spans, metrics = [], logs = [] }, registry) {
  const findings = new Map();
  const add = (texts, isOwn, example) => {
    for (const { text, level } of texts) {
      const finding = findings.get(text) ?? { text, level, count: 0, example, source: isOwn ? "Queuert's registry" : "OpenTelemetry" };
      finding.count += 1;
      findings.set(text, finding);
    }
  };
  for (const document of spans) {
    const isOwn = document.scope?.name === ownScope;
    const texts = isOwn ? ownViolations(document, registry) : generalViolations(document, registry);
    add([...texts, ...dropped(document)], isOwn, `#/trace/${document.traceId}/${document.spanId}`);
  }
  for (const metric of metrics) {
    const isOwn = isOwnMetric(metric, registry);
    add(metricViolations(metric, registry, isOwn), isOwn, `#/metric/${encodeURIComponent(metric.name)}`);
  }
  for (const log of logs) {
    const isOwn = log.scope?.name === ownScope;
    add(isOwn ? eventViolations(log, registry) : badKeys(log.attributes, `log records of ${scopeOf(log)}`), isOwn,
      `#/logs${log.traceId ? `/${log.traceId}${log.spanId ? `/${log.spanId}` : ""}` : ""}`);
  }
  return [...findings.values()].sort((left, right) => rank(left) - rank(right) || right.count - left.count);
}

const rank = (finding) => ["error", "warning", "note"].indexOf(finding.level);
const error = (text) => ({ text, level: "error" });
const warning = (text) => ({ text, level: "warning" });
const note = (text) => ({ text, level: "note" });

function ownViolations(document, registry) {
  const operation = document.name.split(" ", 1)[0];
  const kind = kindNames[document.kind] ?? "";
  const known = registry.spans.find((span) => span.name === operation && span.kind === kind);
  if (!known) return [error(`The span ${operation} … of kind ${kind} is not registered.`)];
  const place = `The span ${operation} …`;
  const found = violations(document.attributes ?? [], known.attributes, registry, place);
  for (const link of document.links ?? []) {
    const type = linkType(link);
    if (!known.links.includes(type)) found.push(error(`${place} has a link of the type ${type}, which is not registered.`));
  }
  for (const event of document.events ?? []) {
    const definition = known.events.includes(event.name) && registry.events.find((candidate) => candidate.name === event.name);
    if (definition) found.push(...violations(event.attributes ?? [], definition.attributes, registry, `The event ${event.name}`));
    else found.push(error(`${place} has the event ${event.name}, which is not registered.`));
  }
  return found;
}

const isOwnMetric = ({ name }, registry) => name.startsWith("queuert.") || registry.metrics.some((known) => known.name === name);

function metricViolations(metric, registry, isOwn) {
  const place = `The metric ${metric.name.slice(0, 120)}`;
  const found = metric.seriesCount >= mostSeries
    ? [warning(`${place} has ${metric.seriesCount} series: one of its attributes has values without end.`)] : [];
  if (!isOwn) {
    if (!wellNamed.test(metric.name)) found.push(note(`${place} isn't named as the conventions ask: ${namingRule}.`));
    return found;
  }
  const known = registry.metrics.find((candidate) => candidate.name === metric.name);
  if (!known) return [...found, error(`${place} is not registered.`)];
  if (metric.unit !== known.unit) found.push(error(`${place} has the unit ${metric.unit || "(none)"}, not ${known.unit}.`));
  if (kindOfMetric(metric) !== known.kind) found.push(error(`${place} is of the kind ${kindOfMetric(metric)}, not ${known.kind}.`));
  return found;
}

function kindOfMetric({ kind, isMonotonic }) {
  if (kind === "sum") return isMonotonic ? "counter" : "up-down counter";
  return kind === "exponentialHistogram" ? "histogram" : kind;
}

function eventViolations(log, registry) {
  if (!log.eventName) return [error(`A log record of ${ownScope} names no event.`)];
  const known = registry.events.find((event) => event.name === log.eventName && event.severity);
  const place = `The event ${log.eventName}`;
  if (!known) return [error(`${place} is not registered.`)];
  const found = violations(log.attributes ?? [], known.attributes, registry, place);
  if (log.severityText && log.severityText.toLowerCase() !== known.severity.toLowerCase()) {
    found.push(error(`${place} has the severity ${log.severityText.toLowerCase()}, not ${known.severity}.`));
  }
  return found;
}

function violations(attributes, uses, registry, place) {
  const found = [];
  const keys = new Set();
  for (const { key, value } of attributes) {
    if (keys.has(key)) found.push(error(`${place} has the attribute ${key} twice.`));
    keys.add(key);
    const definition = registry.attributes[key];
    if (!definition) {
      found.push(error(`The attribute ${key} is not registered.`));
      continue;
    }
    if (!(key in uses)) found.push(error(`${place} is not registered with the attribute ${key}.`));
    const kind = kindOf(value);
    if (kind !== definition.kind) found.push(error(`${place} has the attribute ${key} with a value that is no ${definition.kind}.`));
    else if (definition.values && !definition.values.includes(valueText(value))) {
      found.push(error(`${place} has the attribute ${key} with a value that is not registered: ${valueText(value).slice(0, 80)}`));
    }
  }
  for (const [key, level] of Object.entries(uses)) {
    if (level === "required" && !keys.has(key)) found.push(error(`${place} lacks the attribute ${key}.`));
  }
  return found;
}

function kindOf(value) {
  if (!value) return "";
  if (value.arrayValue) return (value.arrayValue.values ?? []).every((element) => "stringValue" in element) ? "strings" : "";
  return { stringValue: "string", intValue: "int", doubleValue: "double", boolValue: "boolean" }[Object.keys(value)[0]] ?? "";
}

function generalViolations(document, registry) {
  const found = [];
  const scope = scopeOf(document);
  if (!(document.resource?.attributes ?? []).some(({ key }) => key === "service.name")) {
    found.push(warning(`Spans of ${scope} come from a resource without service.name.`));
  }
  if (!document.kind) found.push(note(`Spans of ${scope} have no kind.`));
  if (!document.name) found.push(error(`Spans of ${scope} have no name.`));
  else if (random.test(document.name)) found.push(warning(`A span of ${scope} has a name with an id or a number in it; such a name finds only itself.`));
  if (document.status?.code === 2 && !(document.attributes ?? []).some(({ key }) => key === "error.type")) {
    found.push(note(`Spans of ${scope} that failed don't say error.type.`));
  }
  const keys = new Set();
  for (const { key } of document.attributes ?? []) {
    if (keys.has(key)) found.push(error(`Spans of ${scope} have the attribute ${key} twice.`));
    keys.add(key);
    if (key.startsWith("queuert.") && !registry.attributes[key]) found.push(warning(`The attribute ${key} looks like one of Queuert's, and is not registered.`));
    else found.push(...badKeys([{ key }], scope));
  }
  return found;
}

const scopeOf = ({ scope }) => scope?.name || "an unnamed scope";
const namingRule = "lower case, words with underscores, parts with dots";
const badKeys = (attributes, place) => (attributes ?? []).filter(({ key }) => !wellNamed.test(key)).map(({ key }) =>
  note(`The attribute ${key.slice(0, 120)} of ${place} isn't named as the conventions ask: ${namingRule}.`));

function dropped(document) {
  return [["attributes", document.droppedAttributesCount], ["events", document.droppedEventsCount], ["links", document.droppedLinksCount]]
    .filter(([, count]) => count)
    .map(([what]) => warning(`The sender ${document.scope?.name ?? ""} dropped ${what} of ${document.name.split(" ", 1)[0]} …: over its limit.`));
}
