// Made by embed-page.sh from the files in Page/. Change those.
// swift-format-ignore-file

/// The files of the page.
enum EmbeddedPage {
    /// The content of each file, by its name.
    static let files: [String: String] = [
        "api.js": ##"""
// Asking the collector.

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The collector doesn't answer. Is it still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const error = new Error(body.error ? `${body.error}. ${body.hint}` : `The collector answered ${response.status}.`);
  error.status = response.status;
  throw error;
}

export function traces({ before, filter, limit }) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  // Spaces as %20: a plus sign is an ordinary character in the path of a query that isn't a form.
  if (filter) query.set("q", filter);
  return ask(`/api/traces?${query.toString().replaceAll("+", "%20")}`);
}

export const linkedTraces = (traceID) => ask(`/api/traces/${encodeURIComponent(traceID)}/linked`);
export const chain = (chainID) => ask(`/api/chains/${encodeURIComponent(chainID)}`);
export const removeAll = () => ask("/api/traces", { method: "DELETE" });

// Calls back on each change, and on each reconnection, since something may have been missed. A hidden page lets go of its
// connection: browsers allow six to a server, and each open tab would hold one.
export function follow({ changed, state }) {
  let source = null;
  let timer = null;
  const soon = () => { timer ??= setTimeout(() => { timer = null; changed(); }, 150); };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource("/api/events");
    source.addEventListener("ready", () => { state(true); soon(); });
    source.addEventListener("changed", soon);
    source.addEventListener("error", () => {
      state(false);
      // The browser tries again by itself unless it was refused.
      if (source?.readyState === EventSource.CLOSED) { close(); setTimeout(open, 1000); }
    });
  };
  const close = () => { source?.close(); source = null; };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
"""##,
        "arrows.js": ##"""
// Lines between linked spans: faint from trace to trace, strong for the selected span.
import { svgElement } from "./dom.js";
import { rowHeight } from "./waterfall.js";

const most = 200;

export function drawArrows(svg, waterfall) {
  const { model, selected, rowOf, canvas } = waterfall;
  const lane = canvas.querySelector(".lane");
  if (!lane) return;
  const edges = { left: lane.offsetLeft, width: lane.clientWidth };
  svg.style.height = canvas.style.height;
  const drawn = [];
  for (const span of model.spans.values()) {
    for (const connection of span.outgoing) {
      if (!connection.to || drawn.length >= most) continue;
      const isStrong = span === selected || connection.to === selected;
      if (!isStrong && connection.to.document.traceId === span.document.traceId) continue;
      drawn.push({ connection, isStrong });
    }
  }
  for (const { connection, isStrong } of drawn.sort((left, right) => left.isStrong - right.isStrong)) {
    const from = point(connection.from, { model, rowOf, edges });
    const to = point(connection.to, { model, rowOf, edges });
    if (!from || !to) continue;
    // Not into the names, left of the lanes.
    const room = Math.min(from.x, to.x) - edges.left + 16;
    const bend = Math.min(room, Math.max(24, Math.abs(to.y - from.y) * 0.25));
    svg.append(
      svgElement("path", {
        class: isStrong ? "strong" : null,
        d: `M${from.x},${from.y} C${from.x - bend},${from.y} ${to.x - bend},${to.y} ${to.x},${to.y}`,
      }),
      svgElement("circle", { class: isStrong ? "strong" : null, cx: to.x, cy: to.y, r: 3.5 }));
  }
}

function point(span, { model, rowOf, edges }) {
  const row = rowOf.get(span.key);
  if (row === undefined) return null;
  return { x: edges.left + model.place(span.start) * edges.width, y: (row + 0.5) * rowHeight };
}
"""##,
        "detail.js": ##"""
// Everything about one span.
import { element } from "./dom.js";
import { clock, colour, day, duration, valueText } from "./format.js";

export class DetailPanel {
  constructor({ close }) {
    this.close = close;
    this.container = element("aside", { class: "detail", id: "detail", "aria-label": "Span", hidden: "" });
  }

  show(span, model) {
    this.container.hidden = !span;
    if (!span) return this.container.replaceChildren();
    const { document } = span;
    this.container.replaceChildren(...[
      element("header", {}, element("h2", {}, document.name || "(no name)"),
        element("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: this.close }, "✕")),
      element("div", { class: `line ${colour(span.service)}` }, element("i", { class: "dot" }), span.service,
        span.kind && element("span", { class: "badge" }, span.kind),
        span.attempt && element("span", { class: "badge" }, `attempt ${span.attempt}`)),
      element("div", { class: "line" }, element("b", {}, duration(span.length)),
        `from ${day(document.startTimeUnixNano)} ${clock(document.startTimeUnixNano)} `
          + `(+${duration(Number(span.start - model.start))})`),
      span.isError && element("div", { class: "failure" },
        [span.errorType, document.status.message].filter(Boolean).join(": ") || "This span ended with an error."),
      span.isConflicting && element("div", { class: "note" },
        "Another span with other content was received under this id. The first is shown."),
      ...links("Links", span.outgoing.map((connection) => ({
        type: connection.type, span: connection.to, traceID: connection.link.traceId, spanID: connection.link.spanId, connection,
      })), span, "→"),
      ...links("Linked from", span.incoming.map((connection) => ({
        type: connection.type, span: connection.from, traceID: connection.from.document.traceId,
        spanID: connection.from.document.spanId, connection,
      })), span, "←"),
      ...pairs("Attributes", document.attributes),
      ...dropped(document),
      ...events(span),
      ...pairs("Resource", document.resource?.attributes),
      ...pairs("Span", facts(document)),
    ].filter(Boolean));
    this.container.scrollTop = 0;
  }
}

function pairs(title, attributes) {
  if (!attributes?.length) return [];
  return [element("h3", {}, title), element("table", { class: "pairs" }, element("tbody", {}, attributes.map((pair) =>
    element("tr", {}, element("th", { scope: "row" }, breakable(pair.key)), element("td", {}, valueText(pair.value))))))];
}

// A long name may break after its dots.
function breakable(name) {
  return name.split(/(?<=[._])/).flatMap((part, index) => (index > 0 ? [element("wbr"), part] : [part]));
}

function facts(document) {
  const entries = [
    ["trace id", document.traceId], ["span id", document.spanId], ["parent span id", document.parentSpanId],
    ["trace state", document.traceState], ["scope", [document.scope?.name, document.scope?.version].filter(Boolean).join(" ")],
  ];
  return entries.filter(([, value]) => value).map(([key, value]) => ({ key, value: { stringValue: value } }));
}

function links(title, items, span, arrow) {
  if (items.length === 0) return [];
  return [element("h3", {}, title), ...items.map((item) => element("div", { class: "link-item" },
    element("span", { class: "badge link" }, `${arrow} ${item.type}`),
    element("a", { href: `#/trace/${item.traceID}/${item.spanID}` }, item.span ? item.span.document.name : `span ${item.spanID}`),
    item.traceID !== span.document.traceId && element("span", { class: "soft" }, item.span ? "in another trace" : "not received here"),
    (item.connection.link.attributes ?? []).filter((pair) => pair.key !== "queuert.link.type").map((pair) =>
      element("span", { class: "mono soft" }, `${pair.key}=${valueText(pair.value)}`))))];
}

function events(span) {
  const list = span.document.events ?? [];
  if (list.length === 0) return [];
  return [element("h3", {}, "Events"), ...list.map((event) => element("div", { class: "event-item" },
    element("b", {}, event.name), " ", element("span", { class: "soft" },
      `+${duration(Math.max(0, Number(BigInt(event.timeUnixNano) - span.start)))}`),
    ...pairs("", event.attributes).slice(1)))];
}

function dropped(document) {
  const counts = [["attributes", document.droppedAttributesCount], ["events", document.droppedEventsCount],
    ["links", document.droppedLinksCount]].filter(([, count]) => count);
  if (counts.length === 0) return [];
  return [element("div", { class: "note" }, `Dropped by the sender: ${counts.map(([what, count]) => `${count} ${what}`).join(", ")}.`)];
}
"""##,
        "dom.js": ##"""
// Making elements. Values only ever become text or attributes that can't run anything: what is shown comes from
// whoever sent spans, and must never be read as HTML.

const allowedAttributes = new Set([
  "class", "id", "href", "title", "type", "role", "tabindex", "scope", "d", "cx", "cy", "r", "hidden",
]);

export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svgElement(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "onclick") node.addEventListener("click", value);
    else if (key === "position") Object.assign(node.style, value);
    else if (key === "href" && !/^(#|\/)/.test(value)) throw new Error("a link may only lead into this page");
    else if (allowedAttributes.has(key) || key.startsWith("aria-")) node.setAttribute(key, value);
    else throw new Error(`the attribute ${key} isn't allowed`);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function show(problem) {
  const banner = document.getElementById("problem");
  banner.hidden = !problem;
  banner.textContent = problem ? String(problem.message ?? problem) : "";
}
"""##,
        "format.js": ##"""
// Numbers and times as people read them. Times come as text, in nanoseconds: a Number can't hold all their digits.

const units = [[1e3, "ns", 1], [1e6, "µs", 1e3], [1e9, "ms", 1e6], [60e9, "s", 1e9]];

export function duration(nanoseconds) {
  for (const [limit, unit, size] of units) {
    if (nanoseconds < limit) return `${digits(nanoseconds / size)} ${unit}`;
  }
  const seconds = Math.round(nanoseconds / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60 * 48) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.round((minutes % 1440) / 60)} h`;
}

function digits(number) {
  return String(Number(number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0)));
}

const pad = (number, width = 2) => String(number).padStart(width, "0");

export function clock(nanoseconds) {
  const date = new Date(Number(BigInt(nanoseconds) / 1000000n));
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

export function day(nanoseconds) {
  const date = new Date(Number(BigInt(nanoseconds) / 1000000n));
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export function when(nanoseconds) {
  const today = day(BigInt(Date.now()) * 1000000n);
  return day(nanoseconds) === today ? clock(nanoseconds) : `${day(nanoseconds).slice(5)} ${clock(nanoseconds).slice(0, 8)}`;
}

export function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function between(start, end) {
  return Math.max(0, Number(BigInt(end) - BigInt(start)));
}

// The text of an attribute's value, which has one of OTLP's kinds.
export function valueText(value) {
  if (!value) return "";
  if ("stringValue" in value) return value.stringValue;
  if ("intValue" in value) return String(value.intValue);
  if ("doubleValue" in value) return String(value.doubleValue);
  if ("boolValue" in value) return String(value.boolValue);
  if ("bytesValue" in value) return `base64: ${value.bytesValue}`;
  if ("arrayValue" in value) return `[${(value.arrayValue.values ?? []).map(valueText).join(", ")}]`;
  if ("kvlistValue" in value) {
    return `{${(value.kvlistValue.values ?? []).map((pair) => `${pair.key}: ${valueText(pair.value)}`).join(", ")}}`;
  }
  return "";
}

// The same service has the same colour everywhere.
export function colour(service) {
  let hash = 7;
  for (const character of service) hash = (hash * 31 + character.codePointAt(0)) % 9973;
  return `c${hash % 10}`;
}
"""##,
        "icon.svg": ##"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#4f46e5"/><rect x="6" y="8" width="14" height="4" rx="2" fill="#fff"/><rect x="10" y="14" width="16" height="4" rx="2" fill="#a5b4fc"/><rect x="15" y="20" width="9" height="4" rx="2" fill="#fff"/></svg>
"""##,
        "index.html": ##"""
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Queuert traces</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="list.css">
<link rel="stylesheet" href="trace.css">
<script type="module" src="page.js"></script>
</head>
<body>
<header class="top">
  <a class="brand" href="#/" aria-label="All traces"><span class="mark" aria-hidden="true"></span>Queuert <b>traces</b></a>
  <label class="filter">
    <span class="hidden-label">Filter by span, service, chain or trace id</span>
    <input id="filter" type="search" autocomplete="off" spellcheck="false"
      placeholder="Filter by span, service, chain or trace id   ( / )">
  </label>
  <span id="live" class="live" role="status">connecting</span>
  <button id="clear" type="button" class="quiet">Delete all</button>
</header>
<p id="problem" class="problem" role="alert" hidden></p>
<main id="main" tabindex="-1"></main>
<noscript><p class="problem">This page needs JavaScript. The data is also at /api/traces.</p></noscript>
</body>
</html>
"""##,
        "list.css": ##"""
/* The list of traces. */
.list { overflow: auto; padding: 16px 20px 32px; flex: 1; }
.list-head, .trace-row {
  display: grid; align-items: center; gap: 16px;
  grid-template-columns: 118px minmax(220px, 2.2fr) minmax(120px, 1fr) minmax(190px, 1.3fr) 78px 150px;
}
.list-head { padding: 0 16px 8px; font-size: 12px; color: var(--ink-faint); }
.rows {
  list-style: none; margin: 0; padding: 0; background: var(--panel); border: 1px solid var(--line);
  border-radius: 10px; box-shadow: var(--shadow); overflow: hidden;
}
.rows li + li { border-top: 1px solid var(--line-soft); }
.trace-row { padding: 9px 16px; }
.trace-row:hover { background: var(--accent-soft); }
.trace-row:focus-visible { outline-offset: -2px; }
.trace-row > * { min-width: 0; }
.when { font-variant-numeric: tabular-nums; color: var(--ink-soft); white-space: nowrap; }
.root { display: flex; align-items: center; gap: 9px; }
.root b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.services { color: var(--ink-soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.took { display: flex; align-items: center; gap: 10px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.took-bar { flex: 1; height: 6px; border-radius: 3px; background: var(--line-soft); overflow: hidden; }
.took-bar i { display: block; height: 100%; min-width: 2px; border-radius: 3px; background: var(--own); opacity: .85; }
.took span { width: 74px; text-align: right; }
.count { font-variant-numeric: tabular-nums; text-align: right; color: var(--ink-soft); white-space: nowrap; }
.badges { display: flex; gap: 6px; justify-content: flex-end; }
.more { display: block; margin: 16px auto 0; }
.empty { max-width: 640px; margin: 9vh auto; padding: 0 20px; text-align: center; color: var(--ink-soft); }
.empty h1 { font-size: 20px; font-weight: 650; color: var(--ink); margin: 0 0 8px; }
.empty pre {
  text-align: left; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px;
  font-family: var(--mono); font-size: 12.5px; color: var(--ink); overflow: auto;
}
@media (max-width: 900px) {
  .list-head { display: none; }
  .trace-row { grid-template-columns: 1fr auto; gap: 4px 12px; }
  .services, .took-bar { display: none; }
}
"""##,
        "list.js": ##"""
// The list of traces.
import * as api from "./api.js";
import { element, show } from "./dom.js";
import { between, colour, counted, duration, when } from "./format.js";

export class ListView {
  constructor(main, filter) {
    this.main = main;
    this.filter = filter;
    this.size = 50;
    this.shown = null;
    this.container = element("section", { class: "list", "aria-label": "Traces" });
    main.replaceChildren(this.container);
    document.title = "Queuert traces";
  }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const page = await api.traces({ filter: this.filter, limit: this.size });
      // A slow answer must not replace a later one, nor another view.
      if (turn !== this.turn || !this.container.isConnected) return;
      show(null);
      this.draw(page);
    } catch (problem) {
      if (turn === this.turn) show(problem);
    }
  }

  setFilter(filter) {
    this.filter = filter;
    this.size = 50;
    this.refresh();
  }

  draw(page) {
    const key = JSON.stringify(page);
    if (key === this.shown) return;
    this.shown = key;
    if (page.traces.length === 0) return this.container.replaceChildren(this.empty());
    const focused = document.activeElement?.id;
    const longest = Math.max(1, ...page.traces.map((trace) => between(trace.startTimeUnixNano, trace.endTimeUnixNano)));
    const rows = element("ul", { class: "rows", id: "traces" }, page.traces.map((trace) => element("li", {}, row(trace, longest))));
    const head = element("div", { class: "list-head", "aria-hidden": "true" },
      ["Started", "Root span", "Services", "Duration"].map((text) => element("span", {}, text)),
      element("span", { class: "count" }, "Spans"), element("span"));
    const more = page.next && element("button", {
      class: "more", type: "button",
      onclick: () => { this.size = Math.min(500, this.size * 2); this.refresh(); },
    }, "Show more");
    const scrolled = this.container.scrollTop;
    this.container.replaceChildren(head, rows, ...(more && this.size < 500 ? [more] : []));
    this.container.scrollTop = scrolled;
    if (focused?.startsWith("trace-")) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  empty() {
    if (this.filter) {
      return element("div", { class: "empty" }, element("h1", {}, "No trace matches"),
        element("p", {}, "The filter looks in span names, services, chain ids and trace ids."));
    }
    return element("div", { class: "empty" }, element("h1", {}, "No traces yet"),
      element("p", {}, "Point a program at this collector; its traces appear here as they arrive."),
      element("pre", {}, `OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`));
  }
}

function row(trace, longest) {
  const took = between(trace.startTimeUnixNano, trace.endTimeUnixNano);
  return element("a", { class: `trace-row ${colour(trace.rootService)}`, id: `trace-${trace.traceId}`, href: `#/trace/${trace.traceId}` },
    element("span", { class: "when" }, when(trace.startTimeUnixNano)),
    element("span", { class: "root" }, element("i", { class: "dot" }), element("b", {}, trace.rootName || "(no name)")),
    element("span", { class: "services" }, trace.services.join(", ")),
    element("span", { class: "took" },
      element("span", { class: "took-bar" }, element("i", { position: { width: `${(took / longest) * 100}%` } })),
      element("span", {}, duration(took))),
    element("span", { class: "count" }, String(trace.spanCount)),
    element("span", { class: "badges" },
      trace.linkedTraceCount > 0 && element("span", { class: "badge link" }, `${trace.linkedTraceCount} linked`),
      trace.errorCount > 0 && element("span", { class: "badge error" }, counted(trace.errorCount, "error"))));
}
"""##,
        "model.js": ##"""
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
    this.connect();
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
    const roots = spans.filter((span) => !span.parent);
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

  connect() {
    for (const span of this.spans.values()) {
      for (const link of span.document.links ?? []) {
        const target = this.spans.get(`${link.traceId}/${link.spanId}`);
        const connection = { link, type: linkType(link), from: span, to: target };
        span.outgoing.push(connection);
        target?.incoming.push(connection);
      }
    }
  }

  services() {
    return [...new Set([...this.spans.values()].map((span) => span.service))].sort();
  }

  // Where a moment is on the shared axis, from 0 to 1.
  place(time) {
    return Math.min(1, Math.max(0, Number(time - this.start) / this.length));
  }
}

export class Span {
  constructor(document, isConflicting) {
    this.document = document;
    this.isConflicting = isConflicting;
    this.key = `${document.traceId}/${document.spanId}`;
    this.attributes = new Map((document.attributes ?? []).map((pair) => [pair.key, valueText(pair.value)]));
    this.service = attribute(document.resource?.attributes, "service.name") || "unknown_service";
    this.start = BigInt(document.startTimeUnixNano);
    const end = BigInt(document.endTimeUnixNano);
    this.end = end > this.start ? end : this.start;
    this.length = Number(this.end - this.start);
    this.kind = kinds[document.kind] ?? "";
    this.isError = document.status?.code === 2;
    this.errorType = this.attributes.get("error.type") ?? "";
    this.attempt = this.kind === "consumer" ? this.attributes.get("queuert.job.attempt") ?? "" : "";
    this.parent = null;
    this.isOrphan = Boolean(document.parentSpanId);
    this.children = [];
    this.outgoing = [];
    this.incoming = [];
    this.depth = 0;
  }

  // How long the job waited before this attempt, in nanoseconds.
  get wait() {
    let seconds = 0;
    for (const [key, value] of this.attributes) {
      if (/^queuert\.job\.wait\.\w+_s$/.test(key)) seconds += Number(value) || 0;
    }
    return seconds * 1e9;
  }

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
"""##,
        "page.css": ##"""
/* Colours and what all views share. */
:root {
  --ground: #f6f7f9; --panel: #ffffff; --line: #e3e6eb; --line-soft: #eef0f4;
  --ink: #1a2030; --ink-soft: #5b6478; --ink-faint: #6d7689;
  --accent: #4f46e5; --accent-soft: #eef0ff; --error: #c81e3a; --error-soft: #fdecef;
  --good: #0d8050; --shadow: 0 1px 2px rgb(20 25 40 / 6%);
  --c0: #4f7df0; --c1: #12a594; --c2: #c2700a; --c3: #8e4ec6; --c4: #2b9a3e;
  --c5: #d6409f; --c6: #0b8fb3; --c7: #a1792b; --c8: #6e56cf; --c9: #6f8f00;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f131b; --panel: #161b26; --line: #283041; --line-soft: #1f2633;
    --ink: #e6e9f0; --ink-soft: #a0a9bb; --ink-faint: #8690a4;
    --accent: #8b8cff; --accent-soft: #23264a; --error: #ff7088; --error-soft: #3a1a24;
    --good: #46c78b; --shadow: none;
    --c0: #6c96ff; --c1: #2cc0ae; --c2: #f0a04a; --c3: #b583e8; --c4: #5bbf6b;
    --c5: #ef76be; --c6: #3db6da; --c7: #c9a45c; --c8: #9a86f0; --c9: #a4c639;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
  font: 14px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
[hidden] { display: none !important; }
a { color: inherit; text-decoration: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 4px; }
button {
  font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
  padding: 4px 10px; cursor: pointer;
}
button:hover { border-color: var(--accent); }
button.quiet { background: none; border-color: transparent; color: var(--ink-soft); }
button.quiet:hover { border-color: var(--line); color: var(--ink); }
button[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
.hidden-label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

.top {
  display: flex; align-items: center; gap: 16px; padding: 10px 20px; background: var(--panel);
  border-bottom: 1px solid var(--line); flex: none;
}
.brand { display: flex; align-items: center; gap: 9px; font-size: 15px; color: var(--ink-soft); white-space: nowrap; }
.brand b { color: var(--ink); font-weight: 650; }
.mark { width: 20px; height: 20px; background: url(icon.svg) center / contain; }
.filter { flex: 1; max-width: 560px; margin-left: 8px; }
.filter input {
  width: 100%; font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--line);
  border-radius: 8px; padding: 6px 12px;
}
.filter input::placeholder { color: var(--ink-faint); }
.filter input:focus { outline: 2px solid var(--accent); outline-offset: -1px; background: var(--panel); }
.live { margin-left: auto; font-size: 12px; color: var(--ink-soft); display: flex; align-items: center; gap: 6px; }
.live::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--c2); }
.live.open::before { background: var(--good); }
.problem {
  margin: 12px 20px 0; padding: 9px 14px; background: var(--error-soft); color: var(--error);
  border: 1px solid currentcolor; border-radius: 8px;
}
main { flex: 1; min-height: 0; outline: none; display: flex; flex-direction: column; }

.c0 { --own: var(--c0); } .c1 { --own: var(--c1); } .c2 { --own: var(--c2); } .c3 { --own: var(--c3); }
.c4 { --own: var(--c4); } .c5 { --own: var(--c5); } .c6 { --own: var(--c6); } .c7 { --own: var(--c7); }
.c8 { --own: var(--c8); } .c9 { --own: var(--c9); }
.dot { width: 9px; height: 9px; border-radius: 3px; background: var(--own); flex: none; display: inline-block; }
.badge {
  display: inline-block; font-size: 11px; line-height: 16px; padding: 0 6px; border-radius: 8px; white-space: nowrap;
  background: var(--line-soft); color: var(--ink-soft); overflow: hidden; text-overflow: ellipsis; max-width: 220px;
}
.badge.error { background: var(--error-soft); color: var(--error); font-weight: 600; }
.badge.link { background: var(--accent-soft); color: var(--accent); }
.mono { font-family: var(--mono); font-size: 12px; }
.soft { color: var(--ink-soft); }
"""##,
        "page.js": ##"""
// Which view is shown, and what keeps it up to date.
import * as api from "./api.js";
import { show } from "./dom.js";
import { ListView } from "./list.js";
import { TraceView } from "./trace.js";

const main = document.getElementById("main");
const filter = document.getElementById("filter");
const live = document.getElementById("live");
let view = null;

function route() {
  const [kind, ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  document.getElementById("clear").hidden = kind === "trace";
  if (kind === "trace" && parts[0]) return openTrace(parts[0].toLowerCase(), (parts[1] ?? "").toLowerCase() || null);
  if (kind === "chain" && parts[0]) return openChain(parts.join("/"));
  view = new ListView(main, filter.value.trim());
  view.refresh();
}

function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

function openTrace(traceID, spanID) {
  if (view instanceof TraceView) return view.setTarget(traceID, spanID);
  view = new TraceView(main, traceID, spanID);
  view.refresh();
}

async function openChain(chainID) {
  try {
    const answer = await api.chain(chainID);
    location.replace(`#/trace/${answer.traceIds[0]}`);
  } catch (problem) {
    show(problem);
  }
}

filter.addEventListener("input", () => {
  if (view instanceof ListView) view.setFilter(filter.value.trim());
  else location.hash = "#/";
});

document.getElementById("clear").addEventListener("click", async () => {
  if (!confirm("Delete all traces that this collector holds?")) return;
  try { await api.removeAll(); view.refresh(); } catch (problem) { show(problem); }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
    event.preventDefault();
    filter.focus();
    filter.select();
  } else if (event.key === "ArrowDown" && (event.target === filter || event.target === document.body)) {
    event.preventDefault();
    (document.querySelector(".trace-row") ?? document.getElementById("waterfall"))?.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.classList?.contains("trace-row")) {
    const item = event.target.parentElement;
    const next = event.key === "ArrowDown" ? item.nextElementSibling : item.previousElementSibling;
    event.preventDefault();
    (next?.querySelector("a") ?? (event.key === "ArrowUp" ? filter : null))?.focus();
  }
});

window.addEventListener("hashchange", route);
route();
api.follow({
  changed: () => view?.refresh(),
  state: (isOpen) => {
    live.classList.toggle("open", isOpen);
    live.textContent = isOpen ? "live" : "reconnecting";
  },
});
"""##,
        "row.js": ##"""
// One row of the waterfall.
import { element } from "./dom.js";
import { clock, colour, counted, day, duration } from "./format.js";

const percent = (fraction) => `${(fraction * 100).toFixed(4)}%`;

export function segmentRow(segment, top, model) {
  const { summary } = segment;
  return element("div", {
    class: `row segment${segment.isCurrent ? " current" : ""}`, position: { top: `${top}px` }, role: "presentation",
  },
    element("b", {}, summary.rootName || "(no name)"),
    element("span", {}, `${day(summary.startTimeUnixNano)} ${clock(summary.startTimeUnixNano)}`),
    segment.start > model.start && element("span", {}, `+${duration(Number(segment.start - model.start))}`),
    element("span", {}, counted(summary.spanCount, "span")),
    element("a", { class: "mono", href: `#/trace/${summary.traceId}` }, summary.traceId));
}

export function spanRow(span, top, { model, isSelected, isRelated, isOpen, select, toggle }) {
  const classes = ["row", colour(span.service)];
  if (span.isError) classes.push("failed");
  if (span.isPassive) classes.push("passive");
  if (isRelated) classes.push("related");
  if (isSelected) classes.push("selected");
  return element("div", {
    class: classes.join(" "), id: `span-${span.document.spanId}`, position: { top: `${top}px` }, role: "treeitem",
    "aria-level": String(span.depth + 1), "aria-selected": String(isSelected),
    "aria-expanded": span.children.length > 0 ? String(isOpen) : null,
    onclick: () => select(span),
  }, name(span, isOpen, toggle), lane(span, model));
}

function name(span, isOpen, toggle) {
  // Deep trees would push the name out of its column.
  const guides = Math.min(span.depth, 12);
  const caret = span.children.length > 0
    ? element("button", {
      class: "caret", type: "button", tabindex: "-1", "aria-label": isOpen ? "Collapse" : "Expand",
      onclick: (event) => { event.stopPropagation(); toggle(span); },
    }, isOpen ? "▼" : "▶")
    : element("span", { class: "caret" });
  const types = [...new Set(span.outgoing.filter(isNotable).map((connection) => connection.type))];
  return element("div", { class: "name", title: `${span.document.name} – ${span.service}` },
    Array.from({ length: guides }, () => element("i", { class: "guide" })),
    caret, element("i", { class: "dot" }),
    element("span", { class: "label" }, span.document.name || "(no name)"),
    span.attempt && Number(span.attempt) > 1 && element("span", { class: "badge" }, `attempt ${span.attempt}`),
    span.isError && element("span", { class: "badge error" }, span.errorType || "error"),
    span.isOrphan && !span.parent && element("span", { class: "badge" }, "parent missing"),
    types.slice(0, 2).map((type) => element("span", { class: "badge link" }, type)));
}

// A link to the span's own parent says nothing that the tree doesn't.
const isNotable = (connection) => !connection.to || connection.to !== connection.from.parent;

function lane(span, model) {
  const start = model.place(span.start);
  const end = model.place(span.end);
  const wait = Math.min(start, span.wait / model.length);
  // Beside the bar, on the side that has room.
  const isBefore = end > 0.94 && start - wait > 0.15;
  const label = element("span", {
    class: `took-label${isBefore ? " before" : ""}`, position: { left: percent(isBefore ? start - wait : end) },
  }, duration(span.length));
  return element("div", { class: "lane" },
    wait > 0.001 && element("i", { class: "wait", position: { left: percent(start - wait), width: percent(wait) } }),
    element("i", { class: "bar", position: { left: percent(start), width: percent(end - start) } }),
    (span.document.events ?? []).slice(0, 50).map((event) =>
      element("i", { class: "bar-event", position: { left: percent(model.place(BigInt(event.timeUnixNano))) } })),
    label);
}
"""##,
        "trace.css": ##"""
/* A trace: the heading, the waterfall and the details of a span. */
.trace-head {
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; padding: 12px 20px;
  background: var(--panel); border-bottom: 1px solid var(--line);
}
.trace-head h1 { font-size: 17px; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
.trace-head .facts { display: flex; flex-wrap: wrap; gap: 4px 14px; color: var(--ink-soft); flex-basis: 100%; }
.trace-head .facts b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.trace-head .tools { margin-left: auto; display: flex; gap: 8px; }
.back { color: var(--accent); white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }

.split { flex: 1; min-height: 0; display: flex; }
.waterfall { flex: 1; min-width: 0; display: flex; flex-direction: column; background: var(--panel); }
.waterfall { --names: clamp(240px, 40%, 520px); --row: 28px; }
.axis {
  position: sticky; top: 0; z-index: 2; height: 28px; background: var(--panel); border-bottom: 1px solid var(--line);
  font-size: 11px; color: var(--ink-faint); font-variant-numeric: tabular-nums;
  padding-left: var(--names); padding-right: 96px;
}
.ticks { position: relative; height: 100%; }
.axis span { position: absolute; bottom: 5px; transform: translateX(-50%); white-space: nowrap; }
.axis span:first-child { transform: none; }
.scroller { flex: 1; overflow-y: auto; overflow-x: hidden; position: relative; outline: none; }
.scroller:focus-visible { outline: none; }
.canvas { position: relative; min-height: 100%; }
.row { position: absolute; left: 0; right: 0; height: var(--row); display: flex; align-items: center; cursor: pointer; }
.row:hover { background: var(--line-soft); }
.row.related { background: color-mix(in srgb, var(--accent) 9%, transparent); }
.row.selected { background: var(--accent-soft); box-shadow: inset 3px 0 0 var(--accent); }
.row .name {
  flex: none; width: var(--names); height: 100%; display: flex; align-items: center; gap: 7px; padding: 0 10px 0 12px;
  border-right: 1px solid var(--line); overflow: hidden; white-space: nowrap;
}
.row .label { overflow: hidden; text-overflow: ellipsis; flex: 0 1 auto; min-width: 40px; }
.row.failed .label { color: var(--error); font-weight: 600; }
.row .name .badge { flex: 0 1 auto; min-width: 22px; }
.guide { flex: none; width: 14px; height: 100%; border-left: 1px solid var(--line); }
.caret {
  flex: none; width: 16px; height: 16px; padding: 0; border: 0; background: none; color: var(--ink-faint);
  font-size: 10px; line-height: 16px; text-align: center; border-radius: 4px;
}
button.caret:hover { background: var(--line); color: var(--ink); }
.lane { position: relative; flex: 1; height: 100%; margin-right: 96px; }
.bar {
  position: absolute; top: 8px; height: 12px; min-width: 3px; border-radius: 3px; background: var(--own);
}
.row.failed .bar {
  background: repeating-linear-gradient(135deg, var(--error) 0 5px, color-mix(in srgb, var(--error) 72%, white) 5px 8px);
}
.row.passive .bar { opacity: .5; height: 8px; top: 10px; }
.wait {
  position: absolute; top: 13px; height: 2px;
  background: repeating-linear-gradient(90deg, var(--own) 0 4px, transparent 4px 7px); opacity: .8;
}
.bar-event { position: absolute; top: 12px; width: 5px; height: 5px; margin-left: -2px; border-radius: 50%; background: var(--ink); }
.took-label {
  position: absolute; top: 5px; padding-left: 6px; font-size: 11px; color: var(--ink-soft); white-space: nowrap;
  font-variant-numeric: tabular-nums;
}
.took-label.before { padding: 0 6px 0 0; transform: translateX(-100%); }
.row.segment {
  background: var(--ground); border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); cursor: default;
  padding: 0 12px; gap: 10px; font-size: 12px; color: var(--ink-soft); white-space: nowrap; overflow: hidden;
}
.row.segment b { color: var(--ink); font-weight: 650; }
.row.segment.current { box-shadow: inset 3px 0 0 var(--accent); }
.row.segment a { color: var(--accent); }
.grid-line { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--line-soft); pointer-events: none; }
.grid { position: absolute; top: 0; bottom: 0; left: var(--names); right: 96px; pointer-events: none; }
.arrows { position: absolute; top: 0; left: 0; width: 100%; pointer-events: none; overflow: visible; }
.arrows path { fill: none; stroke: var(--accent); stroke-width: 1.25; opacity: .3; stroke-dasharray: 4 3; }
.arrows path.strong { opacity: 1; stroke-width: 1.75; stroke-dasharray: none; }
.arrows circle { fill: var(--accent); opacity: .55; }
.arrows circle.strong { opacity: 1; }

.detail {
  flex: none; width: min(470px, 46vw); border-left: 1px solid var(--line); background: var(--panel); overflow: auto;
  padding: 14px 18px 32px;
}
.detail header { display: flex; align-items: start; gap: 8px; }
.detail h2 { font-size: 15px; font-weight: 650; margin: 0; flex: 1; overflow-wrap: anywhere; }
.detail h3 {
  font-size: 11px; letter-spacing: .05em; text-transform: uppercase; color: var(--ink-faint); margin: 20px 0 6px;
  font-weight: 600;
}
.detail .line { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 10px; margin-top: 6px; color: var(--ink-soft); }
.failure {
  margin-top: 12px; padding: 9px 12px; border-radius: 8px; background: var(--error-soft); color: var(--error);
  overflow-wrap: anywhere; white-space: pre-wrap;
}
.note { margin-top: 12px; padding: 8px 12px; border-radius: 8px; background: var(--line-soft); color: var(--ink-soft); }
.pairs { width: 100%; border-collapse: collapse; table-layout: fixed; }
.pairs th, .pairs td {
  text-align: left; vertical-align: top; font-weight: 400; padding: 4px 0; border-top: 1px solid var(--line-soft);
  overflow-wrap: anywhere; white-space: pre-wrap; font-family: var(--mono); font-size: 12px;
}
.pairs th { width: 42%; color: var(--ink-soft); padding-right: 12px; }
.link-item {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 6px 0; border-top: 1px solid var(--line-soft);
}
.link-item a { color: var(--accent); overflow-wrap: anywhere; }
.link-item a:hover { text-decoration: underline; }
.event-item { padding: 6px 0; border-top: 1px solid var(--line-soft); overflow-wrap: anywhere; }
@media (max-width: 900px) {
  .split { flex-direction: column; }
  .detail { width: 100%; max-height: 50vh; border-left: 0; border-top: 1px solid var(--line); }
}
"""##,
        "trace.js": ##"""
// The view of a trace, with all traces that are linked with it on one time axis.
import * as api from "./api.js";
import { DetailPanel } from "./detail.js";
import { element, show } from "./dom.js";
import { clock, colour, counted, day, duration } from "./format.js";
import { TraceModel } from "./model.js";
import { Waterfall } from "./waterfall.js";

export class TraceView {
  constructor(main, traceID, spanID) {
    this.traceID = traceID;
    this.spanID = spanID;
    this.showsLinked = true;
    this.head = element("header", { class: "trace-head" });
    this.split = element("div", { class: "split" });
    this.detail = new DetailPanel({ close: () => this.select(null) });
    this.waterfall = new Waterfall({ select: (span) => this.select(span) });
    this.split.append(this.waterfall.container, this.detail.container);
    main.replaceChildren(this.head, this.split);
  }

  async refresh() {
    try {
      const answer = await api.linkedTraces(this.traceID);
      if (!this.head.isConnected) return;
      show(null);
      const key = JSON.stringify(answer);
      if (key === this.shown) return;
      this.shown = key;
      this.answer = answer;
      this.rebuild();
    } catch (problem) {
      if (this.head.isConnected) show(problem);
    }
  }

  setTarget(traceID, spanID) {
    const isHere = this.model && [...this.model.segments].some((segment) => segment.summary.traceId === traceID);
    this.traceID = traceID;
    this.spanID = spanID;
    if (isHere) this.rebuild();
    else this.refresh();
  }

  rebuild() {
    if (!this.answer) return;
    const traces = this.showsLinked
      ? this.answer.traces
      : this.answer.traces.filter((stored) => stored.trace.traceId === this.traceID);
    this.model = new TraceModel({ ...this.answer, traces }, this.traceID);
    this.drawHead();
    const selected = this.spanID ? this.model.spans.get(`${this.traceID}/${this.spanID}`) : null;
    this.waterfall.setModel(this.model);
    this.waterfall.setSelected(selected ?? null, { reveal: true });
    this.detail.show(selected ?? null, this.model);
  }

  select(span) {
    const hash = span ? `#/trace/${span.document.traceId}/${span.document.spanId}` : `#/trace/${this.traceID}`;
    // Looking at one span after another isn't a way to go back through.
    if (location.hash !== hash) history.replaceState(null, "", hash);
    this.spanID = span ? span.document.spanId : null;
    if (span && span.document.traceId !== this.traceID) {
      // The heading is about the trace in which one looks around.
      this.traceID = span.document.traceId;
      this.model.setCurrent(this.traceID);
      this.drawHead();
    }
    this.waterfall.setSelected(span);
    this.detail.show(span, this.model);
  }

  drawHead() {
    const segment = this.model.segments.find((candidate) => candidate.isCurrent) ?? this.model.segments[0];
    const trace = segment.summary;
    const others = this.answer.traces.length - 1;
    document.title = `${trace.rootName} – Queuert traces`;
    const toggle = others > 0 && element("button", {
      type: "button", id: "linked", "aria-pressed": String(this.showsLinked),
      onclick: () => { this.showsLinked = !this.showsLinked; this.rebuild(); },
    }, `${counted(others, "linked trace")}`);
    const facts = [
      ["started", `${day(trace.startTimeUnixNano)} ${clock(trace.startTimeUnixNano)}`],
      ["took", duration(Number(segment.end - segment.start))],
      ["spans", String(trace.spanCount)],
      ["trace", trace.traceId],
    ];
    this.head.replaceChildren(
      element("a", { class: "back", href: "#/" }, "← All traces"),
      element("h1", {}, trace.rootName || "(no name)"),
      ...(trace.errorCount > 0 ? [element("span", { class: "badge error" }, counted(trace.errorCount, "error"))] : []),
      element("div", { class: "tools" }, toggle,
        element("button", { type: "button", onclick: () => this.waterfall.setAllOpen(false) }, "Collapse"),
        element("button", { type: "button", onclick: () => this.waterfall.setAllOpen(true) }, "Expand")),
      element("div", { class: "facts" },
        facts.map(([name, value]) => element("span", {}, `${name} `, element("b", { class: name === "trace" ? "mono" : null }, value))),
        element("span", { class: "legend" }, this.model.services().map((service) =>
          element("span", { class: colour(service) }, element("i", { class: "dot" }), service))),
        this.model.truncated && element("span", { class: "badge error" }, "too large: not all of it is shown")));
  }
}
"""##,
        "waterfall.js": ##"""
// The waterfall: a row for each span, of which only those in sight exist as elements.
import { drawArrows } from "./arrows.js";
import { element, svgElement } from "./dom.js";
import { duration } from "./format.js";
import { flatten } from "./model.js";
import { segmentRow, spanRow } from "./row.js";

export const rowHeight = 28;

export class Waterfall {
  constructor({ select }) {
    this.select = select;
    this.closed = new Set();
    this.rows = [];
    this.selected = null;
    this.ticks = element("div", { class: "ticks" });
    this.axis = element("div", { class: "axis", "aria-hidden": "true" }, this.ticks);
    this.canvas = element("div", { class: "canvas" });
    this.scroller = element("div", {
      class: "scroller", id: "waterfall", tabindex: "0", role: "tree", "aria-label": "Spans",
    }, this.axis, this.canvas);
    this.container = element("section", { class: "waterfall" }, this.scroller);
    this.scroller.addEventListener("scroll", () => this.drawSoon());
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.drawSoon()).observe(this.scroller);
  }

  setModel(model) {
    this.model = model;
    this.layOut();
  }

  layOut() {
    this.rows = [];
    this.rowOf = new Map();
    for (const segment of this.model.segments) {
      if (this.model.segments.length > 1) this.rows.push({ segment });
      for (const span of flatten(segment.roots, (candidate) => !this.closed.has(candidate.key))) {
        this.rowOf.set(span.key, this.rows.length);
        this.rows.push({ span });
      }
    }
    this.canvas.style.height = `${this.rows.length * rowHeight + 12}px`;
    this.draw();
  }

  setSelected(span, { reveal = false } = {}) {
    this.selected = span;
    if (span) {
      let isHidden = false;
      for (let above = span.parent; above; above = above.parent) isHidden = this.closed.delete(above.key) || isHidden;
      if (isHidden) this.layOut();
      this.scrollTo(span, reveal);
    }
    this.draw();
  }

  scrollTo(span, centre) {
    const top = this.rowOf.get(span.key) * rowHeight;
    const view = this.scroller;
    // The axis covers the top of the view, and the canvas begins below it.
    const height = view.clientHeight - this.axis.offsetHeight;
    if (top >= view.scrollTop && top + rowHeight <= view.scrollTop + height) return;
    view.scrollTop = centre ? top - height / 2 : top < view.scrollTop ? top : top - height + rowHeight;
  }

  toggle(span) {
    if (!this.closed.delete(span.key)) this.closed.add(span.key);
    this.layOut();
  }

  setAllOpen(isOpen) {
    this.closed.clear();
    if (!isOpen) for (const span of this.model.spans.values()) if (span.children.length > 0) this.closed.add(span.key);
    this.layOut();
  }

  drawSoon() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  draw() {
    if (!this.model) return;
    const height = this.scroller.clientHeight || 600;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / rowHeight) - 8);
    const last = Math.min(this.rows.length, Math.ceil((this.scroller.scrollTop + height) / rowHeight) + 8);
    const related = new Set([...(this.selected?.outgoing ?? []).map((connection) => connection.to?.key),
      ...(this.selected?.incoming ?? []).map((connection) => connection.from.key)]);
    const times = this.tickTimes();
    this.drawAxis(times);
    const nodes = [this.grid(times)];
    for (let index = first; index < last; index++) {
      const { span, segment } = this.rows[index];
      nodes.push(segment
        ? segmentRow(segment, index * rowHeight, this.model)
        : spanRow(span, index * rowHeight, {
          model: this.model, isSelected: span === this.selected, isRelated: related.has(span.key),
          isOpen: !this.closed.has(span.key), select: this.select, toggle: (target) => this.toggle(target),
        }));
    }
    const arrows = svgElement("svg", { class: "arrows", "aria-hidden": "true" });
    this.canvas.replaceChildren(...nodes, arrows);
    drawArrows(arrows, this);
    this.scroller.setAttribute("aria-activedescendant", this.selected ? `span-${this.selected.document.spanId}` : "");
  }

  tickTimes() {
    const width = this.ticks.clientWidth || 600;
    const wanted = this.model.length / Math.max(2, Math.floor(width / 110));
    const magnitude = 10 ** Math.floor(Math.log10(wanted));
    const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= wanted) ?? wanted;
    const ticks = [];
    for (let time = 0; time <= this.model.length; time += Math.max(1, step)) ticks.push(time);
    return ticks;
  }

  drawAxis(times) {
    this.ticks.replaceChildren(...times.map((time) =>
      element("span", { position: { left: `${(time / this.model.length) * 100}%` } }, time === 0 ? "0" : duration(time))));
  }

  grid(times) {
    return element("div", { class: "grid" }, times.map((time) =>
      element("i", { class: "grid-line", position: { left: `${(time / this.model.length) * 100}%` } })));
  }

  key(event) {
    const spans = this.rows.map((row) => row.span).filter(Boolean);
    const index = spans.indexOf(this.selected);
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowHeight) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -spans.length, End: spans.length };
    if (event.key in moves) {
      const target = index < 0 ? 0 : Math.min(spans.length - 1, Math.max(0, index + moves[event.key]));
      this.select(spans[target]);
    } else if (event.key === "Escape") {
      this.select(null);
    } else if (this.selected && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.sideways(event.key === "ArrowRight");
    } else {
      return;
    }
    event.preventDefault();
  }

  sideways(isRight) {
    const { selected, closed } = this;
    const isOpen = selected.children.length > 0 && !closed.has(selected.key);
    if (isRight && isOpen) this.select(selected.children[0]);
    else if (isRight === closed.has(selected.key) && selected.children.length > 0) this.toggle(selected);
    else if (!isRight && selected.parent) this.select(selected.parent);
  }
}
"""##,
    ]
}
