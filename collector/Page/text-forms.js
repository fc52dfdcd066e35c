// Spans as text for elsewhere: OTLP's JSON, a tree in Markdown, a golden tree and a test in Swift.
import { linkType, flatten } from "./model.js";
import { duration, valueText } from "./format.js";

const kindNames = ["internal", "internal", "server", "client", "producer", "consumer"];

// One export request that any receiver takes, and that this page takes back.
export function otlpJSON(spans) {
  const resources = new Map();
  for (const { document } of spans) {
    const { resource, scope, ...span } = document;
    const key = JSON.stringify(resource ?? {});
    if (!resources.has(key)) resources.set(key, { resource: resource ?? {}, scopes: new Map() });
    const { scopes } = resources.get(key);
    const scopeKey = JSON.stringify(scope ?? {});
    if (!scopes.has(scopeKey)) scopes.set(scopeKey, { scope: scope ?? {}, spans: [] });
    scopes.get(scopeKey).spans.push(span);
  }
  return JSON.stringify({
    resourceSpans: [...resources.values()].map(({ resource, scopes }) => ({ resource, scopeSpans: [...scopes.values()] })),
  }, null, 2);
}

export function markdown(spans) {
  const lines = [];
  for (const { id, roots } of forest(spans)) {
    lines.push(`Trace \`${id}\``, "");
    for (const { span, depth } of walk(roots)) {
      const words = [`**${escapeMarkdown(span.document.name)}** ${duration(span.length)}`, escapeMarkdown(span.service)];
      if (span.attempt) words.push(`attempt ${span.attempt}`);
      if (span.isError) words.push(`❌ ${escapeMarkdown([span.errorType, span.document.status?.message].filter(Boolean).join(": "))}`);
      lines.push(`${"  ".repeat(depth)}- ${words.join(" · ")}`);
    }
    lines.push("");
  }
  return lines.join("\n").trimEnd();
}

const escapeMarkdown = (text) => String(text).replace(/[\n\r]+/g, " ").replace(/[\\`*_[\]<>#|]/g, "\\$&");

// What a golden file doesn't hold, because it differs from run to run.
const masked = new Set([
  "messaging.client.id", "queuert.worker.id", "queuert.rescheduled_at", "queuert.rescheduled_after_ms", "queuert.job.scheduled_at",
  "queuert.job.wait.queue_s", "queuert.job.wait.schedule_s", "queuert.job.wait.backoff_s", "queuert.job.wait.blocked_s",
]);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

// The drawing that QueuertTraceTesting keeps in golden files: no times, and identifiers numbered as they come.
export function golden(spans) {
  const trees = forest(spans);
  const labels = new Map();
  const names = new Map();
  for (const { roots } of trees) {
    for (const { span } of walk(roots)) {
      labels.set(span.key, `s${labels.size + 1}`);
      names.set(span.key, span.document.name);
    }
  }
  let unknown = 0;
  const reference = (key) => {
    if (!labels.has(key)) labels.set(key, `x${(unknown += 1)}`);
    return `${labels.get(key)} (${names.get(key) ?? "not recorded"})`;
  };
  const lines = [];
  const sorted = (attributes) => [...(attributes ?? [])].sort((left, right) => compared(left.key, right.key));
  const uuids = new Map();
  const attribute = ({ key, value }) => {
    return masked.has(key) ? `${key} = …` : `${key} = ${goldenValue(value, numbered)}`;
  };
  const numbered = (text) => {
    if (!uuid.test(text)) return swiftString(text);
    if (!uuids.has(text)) uuids.set(text, uuids.size + 1);
    return `uuid${uuids.get(text)}`;
  };
  // Spans that weren't recorded are numbered in the order of the drawing.
  trees.forEach(({ roots }, index) => {
    lines.push(`trace t${index + 1}`);
    for (const { span, depth } of walk(roots)) {
      const indent = "  ".repeat(depth + 1);
      const { document } = span;
      const below = depth === 0 && document.parentSpanId ? ` below ${reference(`${document.traceId}/${document.parentSpanId}`)}` : "";
      lines.push(`${indent}${labels.get(span.key)} ${document.name} [${kindNames[document.kind] ?? "internal"}]${statusText(document.status)}${below}`);
      for (const pair of sorted(document.attributes)) lines.push(`${indent}    ${attribute(pair)}`);
      for (const event of document.events ?? []) {
        lines.push(`${indent}    ! ${event.name}`);
        for (const pair of sorted(event.attributes)) lines.push(`${indent}        ${attribute(pair)}`);
      }
      for (const link of document.links ?? []) {
        lines.push(`${indent}    → ${linkTypeOf(link)} ${reference(`${link.traceId}/${link.spanId}`)}`);
      }
    }
  });
  return lines.join("\n");
}

// Values as Swift writes them, texts as the caller has them.
function goldenValue(value, text) {
  if (value && "arrayValue" in value) return `[${(value.arrayValue.values ?? []).map((element) => goldenValue(element, text)).join(", ")}]`;
  if (value && "doubleValue" in value) return swiftDouble(value.doubleValue);
  return value && "stringValue" in value ? text(value.stringValue) : valueText(value);
}

// Swift writes an exponent where JavaScript doesn't yet, and of two digits.
function swiftDouble(number) {
  if (typeof number !== "number") return { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" }[number] ?? String(number);
  if (Number.isInteger(number) && Math.abs(number) <= 2 ** 53) return `${Object.is(number, -0) ? "-0" : number}.0`;
  const size = Math.abs(number);
  const text = size < 1e-4 || size > 2 ** 53 ? number.toExponential() : String(number);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

function statusText(status) {
  if (status?.code === 2) return status.message ? ` error(${swiftString(status.message)})` : " error";
  return status?.code === 1 ? " ok" : "";
}

const linkTypeOf = (link) => { const type = linkType(link); return type === "link" ? "(no type)" : type; };

// Of the queue's own spans, whose names say the rest, what tells one attempt from another.
const ownKeys = new Set(["queuert.job.attempt", "queuert.attempt.result", "queuert.chain.jobs", "queuert.chain.deduplicated", "error.type"]);
const isOwn = (span) => span.attributes.get("messaging.system") === "queuert";
// What differs from run to run isn't worth an expectation.
const volatile = /(^|\.)(id|conversation_id|message_id)$|_s$|_ms$|_at$|^server\.|^network\.|\.address$|\.port$/;

export function swiftTest(spans) {
  const trees = forest(spans);
  const keys = new Set(spans.map((span) => span.key));
  const targets = new Map();
  // In the order of the trees, so that the same trace gives the same text.
  for (const { span } of trees.flatMap(({ roots }) => walk(roots))) {
    for (const link of span.document.links ?? []) {
      const key = `${link.traceId}/${link.spanId}`;
      if (!targets.has(key) && keys.has(key)) targets.set(key, `s${targets.size + 1}`);
    }
  }
  const lines = [];
  trees.forEach(({ roots }, index) => {
    lines.push("trace {");
    for (const root of roots) lines.push(...expectation(root, targets));
    lines.push("}");
    if (index < trees.length - 1) lines.push("");
  });
  return `try await recorder.expect {\n${lines.map((line) => (line ? `    ${line}` : "")).join("\n")}\n}`;
}

// Deeper than people write by hand, the compiler would take minutes; what is below may be there then.
const deepest = 20;

function expectation(root, targets) {
  const lines = [];
  const write = (span, level) => {
    const indent = "    ".repeat(level);
    const { document } = span;
    const isWorth = ({ key }) => (isOwn(span) ? ownKeys.has(key) : !volatile.test(key));
    const pairs = (document.attributes ?? []).filter(isWorth).sort((left, right) => compared(left.key, right.key)).map((pair) => `${swiftString(pair.key)}: ${swiftValue(pair.value)}`);
    const head = `${indent}span(${swiftString(document.name)}, .${kindNames[document.kind] ?? "internal"}${pairs.length > 0 ? `, [${pairs.join(", ")}]` : ""})`;
    const { children } = span;
    const isOpen = children.length > 0 && level < deepest;
    if (isOpen) {
      lines.push(`${head} {`);
      for (const child of children) write(child, level + 1);
      lines.push(`${indent}}`);
    } else {
      lines.push(head);
    }
    const more = `${indent}${isOpen ? "" : "    "}`;
    if (children.length > 0 && !isOpen) lines.push(`${more}.containing()`);
    // Whether a worker was missing depends on the machine.
    if (isOwn(span) && span.operation === "wait") lines.push(`${more}.optional()`);
    if (document.status?.code === 2) lines.push(`${more}.status(.error${document.status.message ? `(${swiftString(document.status.message)})` : ""})`);
    for (const link of document.links ?? []) {
      const target = targets.get(`${link.traceId}/${link.spanId}`);
      if (target) lines.push(`${more}.linked(to: ${swiftString(target)}, type: ${swiftString(linkTypeOf(link))})`);
    }
    if (targets.has(span.key)) lines.push(`${more}.named(${swiftString(targets.get(span.key))})`);
  };
  write(root, 1);
  return lines;
}

function swiftValue(value) {
  if (value && "stringValue" in value) return swiftString(value.stringValue);
  if (value && "intValue" in value) return String(value.intValue);
  if (value && "doubleValue" in value) return swiftLiteral(value.doubleValue);
  if (value && "boolValue" in value) return String(value.boolValue);
  if (value && "arrayValue" in value) return `.array([${(value.arrayValue.values ?? []).map(swiftValue).join(", ")}])`;
  return swiftString(valueText(value));
}

function swiftLiteral(number) {
  const text = swiftDouble(number);
  return /^-?(nan|inf)$/.test(text) ? `.double(${text.replace("inf", ".infinity").replace("nan", ".nan")})` : text;
}

// A text as Swift writes it when it is asked to say all of it, which its compiler reads as well.
export function swiftString(text) {
  const short = new Map([["\0", "\\0"], ["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);
  const escaped = String(text).replace(/[\\"']/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, (character) =>
    short.get(character) ?? `\\u{${character.codePointAt(0).toString(16).toUpperCase().padStart(2, "0")}}`);
  return `"${escaped}"`;
}

const compared = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

// The spans as trees, one for each trace, without what isn't among them; in QueuertTraceTesting's order.
function forest(spans) {
  const among = new Set(spans);
  const traces = new Map();
  const ordered = [...spans].sort((left, right) => compared(left.start, right.start)
    || compared(left.document.name, right.document.name) || compared(left.end, right.end));
  const byKey = new Map(ordered.map((span) => [span.key, span]));
  const children = new Map();
  for (const span of ordered) {
    const parent = byKey.get(`${span.document.traceId}/${span.document.parentSpanId}`);
    const isInside = parent && parent !== span && among.has(parent);
    if (isInside) children.set(parent, [...(children.get(parent) ?? []), span]);
    const trace = traces.get(span.document.traceId) ?? { id: span.document.traceId, roots: [] };
    if (!isInside) trace.roots.push(span);
    traces.set(trace.id, trace);
  }
  return [...traces.values()].map((trace) => ({ ...trace, roots: trace.roots.map((root) => copy(root, children)) }));
}

// Nodes of their own, so that the view's trees stay as they are.
function copy(root, children) {
  const seen = new Set([root]);
  const make = (span) => Object.assign(Object.create(Object.getPrototypeOf(span)), span, { children: [] });
  const top = make(root);
  const pending = [[root, top]];
  while (pending.length > 0) {
    const [span, node] = pending.pop();
    for (const child of children.get(span) ?? []) {
      if (seen.has(child)) continue;
      seen.add(child);
      const inner = make(child);
      inner.parent = node;
      node.children.push(inner);
      pending.push([child, inner]);
    }
  }
  return top;
}

function walk(roots) {
  const depths = new Map(roots.map((root) => [root, 0]));
  return flatten(roots).map((span) => {
    const depth = depths.get(span) ?? depths.get(span.parent) + 1;
    depths.set(span, depth);
    return { span, depth };
  });
}
