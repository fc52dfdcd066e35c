// What of spans isn't as the conventions have it: those of the queue as its registry says, others by what holds for all.
import { linkType } from "./model.js";
import { valueText } from "./format.js";

const kindNames = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const ownScope = "queuert";
const random = /[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16,}|\d{5,}/i;
const wellNamed = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;

// Findings that say the same are one, with how often and an example.
export function lint(documents, registry) {
  const findings = new Map();
  for (const document of documents) {
    const isOwn = document.scope?.name === ownScope;
    const texts = isOwn ? ownViolations(document, registry) : generalViolations(document, registry);
    for (const { text, level } of [...texts, ...dropped(document)]) {
      const finding = findings.get(text) ?? { text, level, count: 0, example: document, source: isOwn ? "Queuert's registry" : "OpenTelemetry" };
      finding.count += 1;
      findings.set(text, finding);
    }
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
  return { stringValue: "string", intValue: "int", doubleValue: "double", boolValue: "boolean" }[Object.keys(value)[0]] ?? "";
}

function generalViolations(document, registry) {
  const found = [];
  const scope = document.scope?.name || "an unnamed scope";
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
    else if (!wellNamed.test(key)) found.push(note(`The attribute ${key.slice(0, 120)} of ${scope} isn't named as the conventions ask: lower case, words with underscores, parts with dots.`));
  }
  return found;
}

function dropped(document) {
  return [["attributes", document.droppedAttributesCount], ["events", document.droppedEventsCount], ["links", document.droppedLinksCount]]
    .filter(([, count]) => count)
    .map(([what]) => warning(`The sender ${document.scope?.name ?? ""} dropped ${what} of ${document.name.split(" ", 1)[0]} …: over its limit.`));
}
