// Traces as the waterfall needs them: spans in the order of a tree, and links in both directions.
import { valueText } from "./format.js";

const kinds = ["", "internal", "server", "client", "producer", "consumer"];

export class TraceModel {
  constructor(answer, currentTraceID) {
    this.truncated = answer.truncated;
    this.current = currentTraceID;
    this.spans = new Map();
    this.segments = answer.traces.map((stored) => this.segment(stored))
      .sort((left, right) => (left.start < right.start ? -1 : left.start > right.start ? 1 : 0));
    this.start = this.segments[0].start;
    const end = this.segments.reduce((latest, segment) => (segment.end > latest ? segment.end : latest), this.start);
    this.length = Math.max(1, Number(end - this.start));
    connect(this.spans);
  }

  segment(stored) {
    const conflicting = new Set(stored.conflictingSpanIds);
    const spans = stored.spans.map((document) => new Span(document, conflicting.has(document.spanId)));
    const own = new Map(spans.map((span) => [span.document.spanId, span]));
    for (const span of spans) {
      this.spans.set(span.key, span);
      const parent = own.get(span.document.parentSpanId);
      if (parent && parent !== span) { parent.children.push(span); span.parent = parent; }
    }
    const ghosts = standIns(spans, own, stored.trace.endTimeUnixNano);
    const roots = [...spans.filter((span) => !span.parent), ...ghosts]
      .sort((left, right) => (left.start < right.start ? -1 : left.start > right.start ? 1 : 0));
    // Spans whose parents go in a circle can't be reached from a root; the first of each circle becomes one.
    const reached = new Set(flatten(roots));
    for (const span of spans) {
      if (reached.has(span)) continue;
      span.parent.children = span.parent.children.filter((child) => child !== span);
      span.parent = null;
      roots.push(span);
      for (const inner of flatten([span])) reached.add(inner);
    }
    for (const root of roots) setDepths(root);
    const summary = stored.trace;
    return {
      summary, spans, roots, start: BigInt(summary.startTimeUnixNano), end: BigInt(summary.endTimeUnixNano),
      isCurrent: summary.traceId === this.current,
    };
  }

  setCurrent(traceID) {
    for (const segment of this.segments) segment.isCurrent = segment.summary.traceId === traceID;
  }

  services() {
    return [...new Set([...this.spans.values()].map((span) => span.service))].sort();
  }

  // Where a moment is on the shared axis, from 0 to 1.
  place(time) {
    return Math.min(1, Math.max(0, Number(time - this.start) / this.length));
  }
}

// A span is told at its end, so spans may be here whose parent isn't: it may not have ended, or never will. Something stands
// in for it, so that they are seen as what they are: the parts of one whole.
function standIns(spans, known, end) {
  const ghosts = new Map();
  for (const span of spans) {
    const { traceId, parentSpanId } = span.document;
    if (span.parent || !parentSpanId || known.has(parentSpanId)) continue;
    if (!ghosts.has(parentSpanId)) {
      const ghost = new Span({
        traceId, spanId: parentSpanId, name: nameOfParent(span), kind: 0, attributes: [], resource: span.document.resource,
        startTimeUnixNano: span.document.startTimeUnixNano, endTimeUnixNano: end,
      }, false);
      ghost.isGhost = true;
      ghosts.set(parentSpanId, ghost);
    }
    const ghost = ghosts.get(parentSpanId);
    if (span.start < ghost.start) ghost.start = span.start;
    ghost.children.push(span);
    span.parent = ghost;
  }
  for (const ghost of ghosts.values()) ghost.length = Number(ghost.end - ghost.start);
  return [...ghosts.values()];
}

// The phases of an attempt say whose they are.
function nameOfParent(span) {
  const type = span.attributes.get("queuert.job.type");
  return type && ["prepare", "complete"].includes(span.operation) ? `process ${type}` : "(not received)";
}

// Tells spans of the links between them, in both directions.
export function connect(spans) {
  for (const span of spans.values()) {
    for (const link of span.document.links ?? []) {
      const target = spans.get(`${link.traceId}/${link.spanId}`);
      const connection = { link, type: linkType(link), from: span, to: target };
      span.outgoing.push(connection);
      target?.incoming.push(connection);
    }
  }
}

export class Span {
  constructor(document, isConflicting) {
    this.document = document;
    this.isConflicting = isConflicting;
    this.key = `${document.traceId}/${document.spanId}`;
    this.known = null;
    this.service = attribute(document.resource?.attributes, "service.name") || "unknown_service";
    this.start = BigInt(document.startTimeUnixNano);
    const end = BigInt(document.endTimeUnixNano);
    this.end = end > this.start ? end : this.start;
    this.length = Number(this.end - this.start);
    this.kind = kinds[document.kind] ?? "";
    this.isError = document.status?.code === 2;
    this.parent = null;
    this.isGhost = false;
    this.children = [];
    this.outgoing = [];
    this.incoming = [];
    this.depth = 0;
  }

  // Made when they are asked for: of most spans of a large trace nobody does.
  get attributes() {
    this.known ??= new Map((this.document.attributes ?? []).map((pair) => [pair.key, valueText(pair.value)]));
    return this.known;
  }
  get errorType() { return this.text("error.type") ?? ""; }
  get attempt() { return this.kind === "consumer" ? this.text("queuert.job.attempt") ?? "" : ""; }

  // The text of one attribute.
  text(key) {
    if (this.known) return this.known.get(key);
    const pair = (this.document.attributes ?? []).find((candidate) => candidate.key === key);
    return pair && valueText(pair.value);
  }

  // How long the job waited before this attempt, in nanoseconds.
  get wait() {
    let seconds = 0;
    for (const [key, value] of this.attributes) {
      if (/^queuert\.job\.wait\.\w+_s$/.test(key)) seconds += Number(value) || 0;
    }
    return seconds * 1e9;
  }

  // The first word of the name: of a span of the queue's, what was done.
  get operation() { return this.document.name.split(" ", 1)[0]; }

  // Written afterwards, to show a time in which nothing ran.
  get isPassive() { return this.kind === "internal" && /^(wait|await|chain) /.test(this.document.name); }
}

export const linkType = (link) => attribute(link.attributes, "queuert.link.type") || "link";

function attribute(list, key) {
  const pair = (list ?? []).find((candidate) => candidate.key === key);
  return pair ? valueText(pair.value) : "";
}

// Without calling itself: a trace can be deeper than the script's stack.
export function flatten(roots, isOpen = () => true) {
  const order = [];
  const pending = [...roots].reverse();
  const seen = new Set();
  while (pending.length > 0) {
    const span = pending.pop();
    if (seen.has(span)) continue;
    seen.add(span);
    order.push(span);
    if (isOpen(span)) for (let index = span.children.length - 1; index >= 0; index--) pending.push(span.children[index]);
  }
  return order;
}

function setDepths(root) {
  for (const span of flatten([root])) span.depth = span.parent ? span.parent.depth + 1 : 0;
}
