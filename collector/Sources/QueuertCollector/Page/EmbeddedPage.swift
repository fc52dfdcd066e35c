// Made by embed-page.sh from the files in Page/. Change those.
// swift-format-ignore-file

/// The files of the page.
enum EmbeddedPage {
    /// The content of each file, by its name.
    static let files: [String: String] = [
        "api.js": ##"""
// Asking the collector.

// The texts of the last answers: asked for again, the collector says so if one still holds, and comparing texts is cheaper
// than reading them.
const kept = new Map();
const mostKept = 4;
const underWay = new Map();

// What is asked for while the same is under way waits for that, and then asks whether it still holds.
async function askText(path, options = {}) {
  if (options.method) return request(path, options);
  while (underWay.has(path)) await underWay.get(path).catch(() => null);
  const known = kept.get(path);
  const answer = request(path, known ? { headers: { "If-None-Match": known.tag } } : options, known);
  underWay.set(path, answer);
  try { return await answer; } finally { underWay.delete(path); }
}

async function request(path, options, known = null) {
  let response;
  try {
    response = await (takeEarly(path) ?? fetch(path, options));
  } catch {
    throw new Error("The collector doesn't answer. Is it still running?");
  }
  if (known && response.status === 304) return known.text;
  const text = await response.text();
  if (response.ok) {
    const tag = response.headers.get("ETag");
    if (tag && !options.method) keep(path, { tag, text });
    return text;
  }
  let body = {};
  try { body = JSON.parse(text); } catch { /* An answer of something between us and the collector. */ }
  const error = new Error(body.error ? `${body.error}. ${body.hint}` : `The collector answered ${response.status}.`);
  error.status = response.status;
  throw error;
}

function keep(path, answer) {
  kept.delete(path);
  kept.set(path, answer);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value);
}

// What early.js has asked for already.
function takeEarly(path) {
  const { early } = globalThis;
  if (early?.path !== path) return null;
  delete globalThis.early;
  return early.answer;
}

const ask = async (path, options) => JSON.parse(await askText(path, options));

export function traces({ before, search, limit }) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  // Spaces as %20: a plus sign is an ordinary character in the path of a query that isn't a form.
  if (search) query.set("q", search);
  return ask(`/api/traces?${encoded(query)}`);
}

const encoded = (query) => query.toString().replaceAll("+", "%20");

export const trace = (traceID) => ask(`/api/traces/${encodeURIComponent(traceID)}`);
export const linkedTracesText = (traceID) => askText(`/api/traces/${encodeURIComponent(traceID)}/linked`);
export const chainText = (chainID) => askText(`/api/chains/${encodeURIComponent(chainID)}`);
export const chainGraph = (chainID) => ask(`/api/chains/${encodeURIComponent(chainID)}/graph`);
export const chainsText = () => askText("/api/chains?limit=200");
export const typesText = () => askText("/api/types");
export const metrics = () => ask("/api/metrics");
export const metric = (name) => ask(`/api/metrics/${encodeURIComponent(name)}`);
export const status = () => ask("/api/status");
export const registry = () => ask("/registry.json");
export const recentSpans = () => ask("/api/spans?limit=2000");

export function logsText(parameters) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  return askText(`/api/logs?${encoded(query)}`);
}
export const logs = async (parameters) => JSON.parse(await logsText(parameters));

export const importText = (text) => ask("/api/import", { method: "POST", headers: { "Content-Type": "application/x-ndjson" }, body: text });
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
  const { model, selected, rowOf, canvas, axis } = waterfall;
  const lane = canvas.querySelector(".lane");
  if (!lane) return;
  const edges = { left: lane.offsetLeft, width: lane.clientWidth };
  svg.style.height = canvas.style.height;
  const drawn = [];
  for (const span of model.spans.values()) {
    for (const connection of span.outgoing) {
      if (!connection.to || drawn.length >= most) continue;
      const isStrong = span === selected || connection.to === selected;
      // What waits are told of is drawn for the selected span only: there may be hundreds.
      if (!isStrong && (connection.to.document.traceId === span.document.traceId || isOfWait(connection))) continue;
      drawn.push({ connection, isStrong });
    }
  }
  for (const { connection, isStrong } of drawn.sort((left, right) => left.isStrong - right.isStrong)) {
    const from = point(connection.from, { model, rowOf, edges, axis });
    const to = point(connection.to, { model, rowOf, edges, axis });
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

const isOfWait = ({ type }) => type === "blocker" || type === "resolved_by";

function point(span, { model, rowOf, edges, axis }) {
  const row = rowOf.get(span.key);
  const place = axis.at(model.place(span.start));
  if (row === undefined || place < 0 || place > 1) return null;
  return { x: edges.left + place * edges.width, y: (row + 0.5) * rowHeight };
}
"""##,
        "axis.js": ##"""
// The part of time that is in sight: all of it, or what was zoomed into.
export class TimeAxis {
  constructor() { this.reset(); }

  get isZoomed() { return this.from > 0 || this.to < 1; }
  get width() { return this.to - this.from; }

  reset() {
    this.from = 0;
    this.to = 1;
  }

  // Where a fraction of the whole is in what is in sight; below 0 or above 1 if it is out of it.
  at(fraction) { return (fraction - this.from) / this.width; }

  // Which fraction of the whole a place in sight is.
  fraction(place) { return this.from + place * this.width; }

  // Zooms so that the same moment stays below the pointer.
  zoom(factor, place) {
    const centre = this.fraction(place);
    const width = Math.min(1, Math.max(1e-6, this.width * factor));
    this.show(centre - place * width, centre - place * width + width);
  }

  pan(share) { this.show(this.from + share * this.width, this.to + share * this.width); }

  show(from, to) {
    const width = Math.min(1, to - from);
    this.from = Math.min(1 - width, Math.max(0, from));
    this.to = this.from + width;
  }
}
"""##,
        "chain-graph.js": ##"""
// Which chains waited for which, and which started which, as a graph in layers: what was waited for is on the left.
import { element, svgElement } from "./dom.js";
import { between, counted, duration } from "./format.js";

const width = 190;
const height = 50;
const gap = { x: 70, y: 14 };
const mostInGroup = 4;

export class ChainGraph {
  constructor() {
    this.container = element("section", { class: "panel graph", id: "graph", hidden: "" });
  }

  show(answer, chainID) {
    this.container.hidden = answer.edges.length === 0;
    if (this.container.hidden) return this.container.replaceChildren();
    const { nodes, edges } = group(answer, chainID);
    this.container.replaceChildren(...[
      element("h2", {}, "Chains around it"),
      element("p", { class: "soft" }, "Solid: the right one waited for the left one, strong for the one that ended last. Dotted: the left one started the right one."),
      element("div", { class: "wide" }, drawLayers(nodes, edges, (node, position) => nodeElement(node, position, chainID))),
      answer.truncated && element("p", { class: "soft" }, "There are more; not all are shown."),
    ].filter(Boolean));
  }
}

// A graph in layers, from left to right.
export function drawLayers(nodeMap, edgeList, draw) {
  const { nodes, edges, columns } = layOut({ nodes: nodeMap, edges: edgeList });
  const tallest = Math.max(...columns.map((column) => column.length));
  const size = { x: columns.length * (width + gap.x) - gap.x, y: tallest * (height + gap.y) - gap.y };
  for (const [x, column] of columns.entries()) {
    const top = (size.y - (column.length * (height + gap.y) - gap.y)) / 2;
    column.forEach((node, index) => Object.assign(node, { x: x * (width + gap.x), y: top + index * (height + gap.y) }));
  }
  const svg = svgElement("svg", { width: String(size.x), height: String(size.y), "aria-hidden": "true" });
  for (const edge of edges) {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (!from || !to || from === to) continue;
    const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
    const bend = Math.max(24, Math.abs(x2 - x1) / 2);
    const classes = `${edge.type}${edge.isCritical ? " critical" : ""}`;
    svg.append(svgElement("path", { class: classes, d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2 - 2},${y2}` }),
      svgElement("path", { class: `head ${classes}`, d: `M${x2 - 8},${y2 - 4} L${x2 - 1},${y2} L${x2 - 8},${y2 + 4}` }));
  }
  return element("div", { class: "graph-canvas", position: { width: `${size.x}px`, height: `${size.y}px` } }, svg,
    [...nodes.values()].map((node) =>
      draw(node, { left: `${node.x}px`, top: `${node.y}px`, width: `${width}px`, height: `${height}px` })));
}

function nodeElement(node, position, chainID) {
  if (node.chains) {
    return element("div", { class: "graph-node group", position },
      element("b", {}, `${node.chains.length} × ${node.type}`),
      element("span", {}, `${duration(node.least)} to ${duration(node.most)}`));
  }
  const classes = ["graph-node", node.chainId === chainID ? "current" : "", node.failedAttemptCount > 0 ? "failed" : "", node.isEnded ? "" : "open"];
  return element("a", { class: classes.join(" "), position, href: `#/chain/${encodeURIComponent(node.chainId)}`, title: node.chainId },
    element("b", {}, node.type || "(not received)"),
    element("span", {}, `${node.isEnded ? "" : "open, "}${duration(node.length)}, ${counted(node.jobCount, "job")}`
      + (node.failedAttemptCount > 0 ? `, ${node.failedAttemptCount} failed` : "")));
}

// Of many chains of one type with the same edges, those that matter stand alone: the last to end, and those that failed.
function group({ chains, edges }, chainID) {
  const byID = new Map(chains.map((chain) => [chain.chainId, { ...chain, length: between(chain.startTimeUnixNano, chain.endTimeUnixNano) }]));
  const lastFor = new Map();
  for (const edge of edges.filter(({ type }) => type === "blocker")) {
    const best = lastFor.get(edge.to);
    const end = (id) => BigInt(byID.get(id)?.endTimeUnixNano ?? 0);
    if (!best || end(edge.from) > end(best)) lastFor.set(edge.to, edge.from);
  }
  const shape = (id) => JSON.stringify([byID.get(id)?.type, ...edges.filter((edge) => edge.from === id || edge.to === id)
    .map((edge) => (edge.from === id ? `${edge.type}>${edge.to}` : `${edge.type}<${edge.from}`)).sort()]);
  const shapes = Map.groupBy
    ? Map.groupBy(byID.keys(), shape)
    : [...byID.keys()].reduce((map, id) => map.set(shape(id), [...(map.get(shape(id)) ?? []), id]), new Map());
  const stands = new Map();
  const nodes = new Map();
  const critical = new Set(lastFor.values());
  for (const ids of shapes.values()) {
    const alone = ids.length <= mostInGroup ? ids
      : ids.filter((id) => id === chainID || critical.has(id) || byID.get(id).failedAttemptCount > 0).slice(0, mostInGroup);
    for (const id of alone) { nodes.set(id, byID.get(id)); stands.set(id, id); }
    const rest = ids.filter((id) => !alone.includes(id));
    if (rest.length === 0) continue;
    const key = `group ${rest[0]}`;
    const lengths = rest.map((id) => byID.get(id).length);
    nodes.set(key, { chains: rest, type: byID.get(rest[0]).type, least: Math.min(...lengths), most: Math.max(...lengths) });
    for (const id of rest) stands.set(id, key);
  }
  const drawn = new Map();
  for (const edge of edges) {
    const isCritical = edge.type === "blocker" && lastFor.get(edge.to) === edge.from;
    const [from, to] = [stands.get(edge.from), stands.get(edge.to)];
    const key = `${from} ${to} ${edge.type}`;
    if (from && to) drawn.set(key, { from, to, type: edge.type, isCritical: isCritical || drawn.get(key)?.isCritical });
  }
  return { nodes, edges: [...drawn.values()] };
}

// Each node one column further right than the last of those that lead to it. A circle can't be: a chain that waits exists
// after what it waits for; should one be told all the same, the number of rounds ends it.
function layOut({ nodes, edges }) {
  const depths = new Map([...nodes.keys()].map((key) => [key, 0]));
  for (let round = 0; round < Math.min(nodes.size, 30); round++) {
    let isStable = true;
    for (const { from, to } of edges) {
      if (from !== to && depths.get(to) <= depths.get(from)) { depths.set(to, depths.get(from) + 1); isStable = false; }
    }
    if (isStable) break;
  }
  const used = [...new Set(depths.values())].sort((left, right) => left - right);
  const columns = used.map((depth) => [...nodes.entries()].filter(([key]) => depths.get(key) === depth).map(([, node]) => node)
    .sort((left, right) => (right.length ?? right.most) - (left.length ?? left.most)));
  return { nodes, edges, columns };
}
"""##,
        "chain-lanes.js": ##"""
// The lanes of a chain: a row for each job, attempt and blocker, with bars for what it waited for and when it ran.
import { kinds } from "./chain-story.js";
import { element, svgElement } from "./dom.js";
import { counted, duration, percent, ticks } from "./format.js";

const jobHeight = 36;
const rowHeight = 26;
const mostRows = 600;
const mostBlockers = 5;

export class ChainLanes {
  constructor({ select, load }) {
    this.select = select;
    this.load = load;
    this.opened = new Set();
    // What somebody closed isn't opened for them again.
    this.closed = new Set();
    // The rows that keys reach; which of them was chosen, and for which span.
    this.items = [];
    this.chosen = null;
    this.container = element("section", { class: "panel lanes", id: "lanes", tabindex: "0", role: "tree", "aria-label": "Jobs and attempts" });
    this.container.addEventListener("keydown", (event) => this.key(event));
  }

  open(chainID) { if (!this.closed.has(chainID)) this.opened.add(chainID); }

  show(model, others) {
    this.model = model;
    this.others = others;
    this.draw();
  }

  // Which span is shown beside the lanes.
  setSelected(span) {
    if ((span?.key ?? null) !== (this.chosen?.span ?? null)) this.chosen = span && { span: span.key, row: null };
    this.mark();
  }

  // The row that was chosen. Of a span that was chosen elsewhere it is the last, for a job's row stands for its last attempt
  // as well, which has a row of its own below it.
  get current() {
    if (!this.chosen) return null;
    const { row, span } = this.chosen;
    return this.items.find((item) => item.row === row) ?? this.items.findLast((item) => span && item.span?.key === span) ?? null;
  }

  // A row whose span nobody has told yet is chosen for no span.
  choose(item) {
    this.chosen = { span: item.span?.key ?? null, row: item.row };
    this.select(item.span);
  }

  mark() {
    const { current } = this;
    for (const item of this.items) item.element.setAttribute("aria-selected", String(item === current));
    this.container.setAttribute("aria-activedescendant", current?.element.id ?? "");
  }

  draw() {
    const { model } = this;
    this.length = Math.max(1, model.edge);
    this.rows = [];
    this.items = [];
    this.turns = new Map();
    this.left = 0;
    this.top = 0;
    this.links = [];
    if (model.traces.length > 1) this.addTraces();
    this.addJobs(model, 0, 0);
    const times = ticks(this.length, 7);
    const canvas = element("div", { class: "lane-canvas", position: { height: `${this.top}px` } },
      element("div", { class: "lane-grid", "aria-hidden": "true" },
        times.map((time) => element("i", { position: { left: percent(time / this.length) } })),
        model.traces.slice(1).map((trace) => element("i", { class: "boundary", position: { left: percent(trace.start / this.length) } }))),
      this.rows, this.arrows());
    const hadFocus = this.container.contains(document.activeElement);
    this.container.replaceChildren(
      element("div", { class: "lane-axis", "aria-hidden": "true" }, element("div", { class: "lane-times" },
        times.map((time) => element("span", { position: { left: percent(time / this.length) } }, time === 0 ? "0" : duration(time))))),
      canvas, ...(this.left > 0 ? [element("p", { class: "soft" }, `${counted(this.left, "more row")} not drawn; the table below and the waterfall have them.`)] : []));
    // Whoever pressed what is in a row goes on with the keys.
    if (hadFocus) this.container.focus({ preventScroll: true });
    this.mark();
  }

  // A row. Its bars are placed on the axis of the chain that is looked at. One that can be chosen is called `row`, by what it
  // is about: it is the same when it is drawn anew, whatever came before it. `blocker` says what can be opened below it.
  add({ height, classes = "", depth = 0, name, bars, row = null, span = null, title = null, blocker = null }) {
    if (this.rows.length >= mostRows) return void (this.left += 1);
    const top = this.top;
    this.top += height;
    const item = row === null ? null : { row: this.unique(row), span, blocker };
    const node = element("div", {
      class: `lane-row ${classes}`, position: { top: `${top}px`, height: `${height}px` }, role: item ? "treeitem" : "presentation",
      id: item && `lane-${this.items.length}`, "aria-level": item && String(depth + 1), title,
      "aria-expanded": blocker && String(blocker.isOpen), onclick: item && (() => this.choose(item)),
    }, element("div", { class: "lane-name" }, Array.from({ length: depth }, () => element("i", { class: "guide" })), name),
    element("div", { class: "lane-bars" }, bars));
    if (item) this.items.push(Object.assign(item, { element: node }));
    this.rows.push(node);
    return top + height / 2;
  }

  // A job may wait for the same chain twice.
  unique(row) {
    const turn = this.turns.get(row) ?? 0;
    this.turns.set(row, turn + 1);
    return `${row}#${turn}`;
  }

  addTraces() {
    const { traces } = this.model;
    this.add({
      height: 30, classes: "traces", name: [element("span", { class: "soft" }, counted(traces.length, "linked trace"))],
      bars: traces.map((trace, index) => {
        const end = traces[index + 1]?.start ?? this.length;
        return element("a", {
          class: "trace-strip", href: `#/trace/${trace.id}`, title: `Trace ${trace.id}, ${counted(trace.spanCount, "span")}`,
          position: { left: percent(trace.start / this.length), width: percent((end - trace.start) / this.length) },
        }, `segment ${trace.segment ?? index}`);
      }),
    });
  }

  addJobs(model, offset, depth, above = "") {
    let previous = null;
    for (const job of model.jobs) {
      const row = `${above}/${job.id}`;
      const middle = this.addJob(job, row, offset, depth);
      if (previous && middle) {
        this.links.push({
          from: previous, to: { x: job.created + offset, y: middle },
          isCrossing: previous.trace && job.producer && previous.trace !== job.producer.document.traceId,
        });
      }
      this.addBlockers(job, row, offset, depth + 1);
      let lastMiddle = middle;
      if (job.attempts.length > 1) {
        job.attempts.forEach((attempt, index) => { lastMiddle = this.addAttempt(attempt, `${row} ${index}`, offset, depth + 1); });
      }
      const { last } = job;
      previous = lastMiddle && (last || job.completion)
        ? { x: (last?.end ?? job.end) + offset, y: lastMiddle, trace: (last?.span ?? job.completion).document.traceId } : null;
    }
  }

  addJob(job, row, offset, depth) {
    const single = job.attempts.length === 1 ? job.attempts[0] : null;
    const span = single?.span ?? job.last?.span ?? job.completion ?? job.producer ?? job.blockers[0]?.span ?? null;
    const failures = job.failures.length;
    return this.add({
      height: jobHeight, classes: `job ${job.attempts.length > 1 ? "summary" : ""} ${job.state}`, depth, row, span,
      title: describe(job), name: [
        element("span", { class: "index" }, String(job.index)), element("b", {}, job.type || "(no type)"),
        job.attempts.length > 1 && element("span", { class: "badge" }, `${job.attempts.length} attempts`),
        failures > 0 && single && !single.isLost && errorBadge(single), single && stateBadge(single),
        job.completion && !job.last && element("span", { class: "badge" }, "completed without a worker"),
        job.isBlocked && element("span", { class: "badge open" }, "blocked"),
      ],
      bars: this.bars(job.parts, offset),
    });
  }

  addAttempt(attempt, row, offset, depth) {
    return this.add({
      height: rowHeight, classes: `attempt ${attempt.result}`, depth, row, span: attempt.span,
      title: `attempt ${attempt.number}: ${attempt.result}`,
      name: [element("span", {}, `attempt ${attempt.number}`), attempt.job.isRedriven(attempt) && element("span", { class: "badge" }, "redriven"),
        attempt.isFailure && !attempt.isLost && errorBadge(attempt), stateBadge(attempt)],
      bars: this.bars(attempt.job.parts.filter((part) => part.attempt === attempt), offset),
    });
  }

  addBlockers(job, above, offset, depth) {
    const blockers = job.allBlockers;
    blockers.slice(0, mostBlockers).forEach((blocker, index) => {
      const { chainID } = blocker;
      const other = this.others.get(chainID);
      const isOpen = this.opened.has(chainID) && Boolean(other);
      const row = `${above} ${chainID}`;
      this.add({
        height: rowHeight, classes: `blocker ${index === 0 ? "critical" : ""}`, depth, row, span: blocker.span, blocker: { chainID, isOpen },
        title: `This job ${blocker.isOpen ? "waits" : "waited"} for the chain ${chainID}`,
        name: [
          element("button", {
            class: "caret", type: "button", tabindex: "-1", "aria-label": isOpen ? "Collapse" : "Expand",
            onclick: (event) => { event.stopPropagation(); this.toggle({ chainID, isOpen }); },
          }, isOpen ? "▼" : "▶"),
          element("span", { class: "soft" }, blocker.isOpen ? "waits for" : "waited for"),
          element("a", { href: `#/chain/${encodeURIComponent(chainID)}`, onclick: (event) => event.stopPropagation() }, blocker.type),
          blocker.isOpen && element("span", { class: "badge open" }, "not ended yet"),
          !blocker.isOpen && index === 0 && blockers.length > 1 && element("span", { class: "badge link" }, `last of ${blockers.length} to end`),
        ],
        bars: [bar("blocked", blocker.start + offset, blocker.end + offset, this.length,
          duration(untilNow({ ...blocker, job }) - blocker.start), blocker)],
      });
      if (isOpen) this.addJobs(other, offset + Number(other.base - job.chain.base), depth + 1, row);
    });
    if (blockers.length <= mostBlockers) return;
    const rest = blockers.slice(mostBlockers);
    this.add({
      height: rowHeight, classes: "blocker", depth, name: [element("span", { class: "soft" }, `and ${counted(rest.length, "more chain")}`)],
      bars: rest.slice(0, 300).map((blocker) => element("i", { class: "ended", position: { left: percent((blocker.end + offset) / this.length) } })),
    });
  }

  async toggle({ chainID, isOpen }) {
    const [from, to] = isOpen ? [this.opened, this.closed] : [this.closed, this.opened];
    from.delete(chainID);
    to.add(chainID);
    if (!isOpen) await this.load(chainID);
    this.draw();
  }

  bars(parts, offset) {
    return parts.filter((part) => part.end + offset >= 0).map((part) =>
      bar(part.kind, part.start + offset, part.end + offset, this.length, duration(untilNow(part) - part.start), part));
  }

  // From what a job was continued by to that job; across traces it is a link, else below one parent.
  arrows() {
    const scale = 10_000 / this.length;
    const svg = svgElement("svg", { class: "lane-arrows", viewBox: `0 0 10000 ${Math.max(1, this.top)}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const { from, to, isCrossing } of this.links.slice(0, 400)) {
      const x = [from.x, to.x].map((time) => Math.min(10_000, Math.max(0, time * scale)));
      svg.append(svgElement("path", {
        class: isCrossing ? "crossing" : null, d: `M${x[0]},${from.y} C${x[0]},${(from.y + to.y) / 2} ${x[1]},${(from.y + to.y) / 2} ${x[1]},${to.y - 9}`,
      }));
    }
    return svg;
  }

  key(event) {
    const { items, current } = this;
    const index = items.indexOf(current);
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -items.length, End: items.length };
    if (event.key in moves && items.length > 0) {
      const next = items[index < 0 ? 0 : Math.min(items.length - 1, Math.max(0, index + moves[event.key]))];
      this.choose(next);
      next.element.scrollIntoView({ block: "nearest" });
    } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && index >= 0) {
      if (current.blocker?.isOpen === (event.key === "ArrowLeft")) this.toggle(current.blocker);
    } else if (event.key === "Escape") {
      this.chosen = null;
      this.select(null);
    } else {
      return;
    }
    event.preventDefault();
  }
}

// What is open goes on beyond what is drawn.
const untilNow = (part) => (part.isOpen ? Math.max(part.end, part.job.chain.now) : part.end);

function bar(kind, start, end, length, text, part = null) {
  const left = Math.max(0, start) / length;
  const width = Math.max(0, end - Math.max(0, start)) / length;
  return element("i", {
    class: `part ${kind}${part?.isOpen ? " open" : ""}${kind.startsWith("run") ? " runs" : ""}`,
    position: { left: percent(left), width: percent(width) }, title: `${kinds.get(kind) ?? kind}: ${text}`,
  }, label(kind, text, width));
}

// What is sure to fit: a bar of the whole width holds at least a hundred letters.
function label(kind, text, width) {
  const whole = kind.startsWith("run") ? text : `${kinds.get(kind)} ${text}`;
  const fitting = [whole, text].find((candidate) => candidate.length + 2 < width * 110);
  return fitting ? element("span", {}, fitting) : null;
}

const errorBadge = (attempt) => element("span", { class: "badge error" }, attempt.errorType || attempt.result);

function stateBadge(attempt) {
  if (attempt.isLost) return element("span", { class: "badge lost" }, "worker lost");
  if (attempt.isOpen) return element("span", { class: "badge open" }, "running");
  if (["rescheduled", "cancelled", "superseded"].includes(attempt.result)) return element("span", { class: "badge" }, attempt.result);
  return null;
}

function describe(job) {
  return [`job ${job.id}`, ...job.parts.map((part) => `${kinds.get(part.kind)} ${duration(untilNow(part) - part.start)}`)].join("\n");
}
"""##,
        "chain-model.js": ##"""
// A job chain as its spans tell it: jobs, their attempts, and what each waited for, on one time axis that begins at zero.
// Times are nanoseconds after the chain's start.
import { connect, Span } from "./model.js";

// Waits in the order in which they come before an attempt.
export const waitKinds = ["blocked", "schedule", "backoff", "queue"];
const producerOperations = new Set(["start", "schedule", "create", "continue"]);

export class ChainModel {
  // `around` has what is known of the chains that this one waits for: their types, and whether they have ended.
  constructor(chainID, documents, { around = new Map(), now = Date.now() } = {}) {
    this.id = chainID;
    this.around = around;
    this.spans = new Map();
    for (const document of documents) {
      const span = new Span(document, false);
      this.spans.set(span.key, span);
    }
    connect(this.spans);
    const own = [...this.spans.values()].filter((span) => chainOf(span) === chainID);
    this.ending = own.find((span) => span.operation === "chain" && span.kind === "internal") ?? null;
    this.base = own.reduce((least, span) => (span.start < least ? span.start : least), own[0]?.start ?? 0n);
    this.lastHeard = Math.max(0, ...own.map((span) => this.place(span.end)));
    this.now = Number(BigInt(Math.round(now)) * 1000000n - this.base);
    this.jobs = this.makeJobs(own);
    this.type = this.ending?.attributes.get("queuert.chain.type") ?? this.jobs[0]?.chainType ?? "";
    this.close();
    this.timeline = this.walk();
    this.traces = this.makeTraces(own);
  }

  place(time) { return Number(time - this.base); }

  get services() { return [...new Set([...this.spans.values()].map((span) => span.service))].sort(); }
  get attempts() { return this.jobs.flatMap((job) => job.attempts); }
  get failedAttempts() { return this.attempts.filter((attempt) => attempt.isFailure); }

  makeJobs(own) {
    const jobs = new Map();
    for (const span of own) {
      const id = span.attributes.get("queuert.job.id");
      if (!id || span.attributes.get("queuert.chain.deduplicated") === "true") continue;
      if (neverWas(span)) continue;
      if (!jobs.has(id)) jobs.set(id, new Job(id));
      jobs.get(id).add(span);
    }
    const list = [...jobs.values()];
    for (const job of list) job.arrange(this);
    return list.sort((left, right) => left.index - right.index || left.created - right.created);
  }

  // What is open ends at the chain's end or, if that is open too, a little after what was heard last.
  close() {
    const last = this.jobs.at(-1);
    const cancelled = this.ending?.isError ?? false;
    this.isOpen = !this.ending && !(last?.isOver ?? false);
    // A job that has used up its attempts ends no chain: it may be redriven.
    this.hasFailed = !this.ending && (last?.hasFailed ?? false);
    this.state = cancelled ? "cancelled" : this.ending ? "completed" : this.hasFailed ? "failed"
      : this.isOpen ? last?.openState ?? "running" : "completed";
    const heard = Math.max(this.lastHeard, ...this.jobs.map((job) => job.end));
    this.end = this.ending ? this.place(this.ending.end) : heard;
    this.length = Math.max(1, this.end);
    if (this.isOpen) {
      const tail = Math.max(heard * 0.25, 5e8);
      this.edge = Math.max(heard + tail * 0.2, Math.min(this.now, heard + tail));
    } else {
      this.edge = Math.max(heard, this.end, 1);
    }
    for (const job of this.jobs) job.close(this.isOpen && job === last ? this.edge : null, this.end);
  }

  // Where each moment went: parts that follow each other without a gap and add up to the chain's length.
  walk() {
    const end = this.isOpen ? this.edge : this.end;
    const parts = this.jobs.flatMap((job) => job.parts).sort((left, right) => left.start - right.start);
    const timeline = [];
    let cursor = 0;
    for (const part of parts) {
      const stop = Math.min(part.end, end);
      if (stop <= cursor) continue;
      if (part.start > cursor) timeline.push({ kind: cursor === 0 ? "starting" : "other", start: cursor, end: part.start });
      timeline.push({ ...part, start: Math.max(cursor, part.start), end: stop, part });
      cursor = stop;
    }
    if (end > cursor) timeline.push({ kind: "other", start: cursor, end });
    return timeline;
  }

  makeTraces(own) {
    const traces = new Map();
    for (const span of own) {
      const id = span.document.traceId;
      const trace = traces.get(id) ?? { id, start: Infinity, end: 0, spanCount: 0, segment: null };
      // What tells of a wait or the whole chain is written into an early trace, long after.
      if (!span.isPassive) {
        trace.start = Math.min(trace.start, this.place(span.start));
        trace.end = Math.max(trace.end, this.place(span.end));
        trace.segment ??= span.attributes.get("queuert.chain.segment") ?? null;
      }
      trace.spanCount += 1;
      traces.set(id, trace);
    }
    return [...traces.values()].filter((trace) => trace.start < Infinity).sort((left, right) => left.start - right.start);
  }
}

export function chainOf(span) {
  return span.text("messaging.message.conversation_id") ?? span.text("queuert.chain.id");
}

// Whether what a span tells of was never written: its transaction was rolled back, or it was refused.
function neverWas(span) {
  if (span.attributes.get("queuert.transaction.outcome") === "rolled_back") return true;
  return span.isError && (span.kind === "producer"
    || span.operation === "complete" && span.outgoing.some((connection) => connection.type === "creation"));
}

class Job {
  constructor(id) {
    this.id = id;
    this.type = "";
    this.chainType = "";
    this.index = 0;
    this.producer = null;
    this.attempts = [];
    this.blockers = [];
    this.waits = [];
    this.phases = [];
    this.completion = null;
    this.parts = [];
    this.chain = null;
  }

  add(span) {
    const { attributes } = span;
    this.type ||= attributes.get("queuert.job.type") ?? "";
    this.chainType ||= attributes.get("queuert.chain.type") ?? "";
    if (attributes.has("queuert.chain.index")) this.index = Number(attributes.get("queuert.chain.index"));
    if (span.kind === "producer" && producerOperations.has(span.operation)) this.producer ??= span;
    else if (span.kind === "consumer" && span.operation === "process") this.attempts.push(new Attempt(span, this));
    else if (span.operation === "await") this.blockers.push(span);
    else if (span.operation === "wait") this.waits.push(span);
    else if (span.operation === "prepare" || span.operation === "complete") this.phases.push(span);
  }

  arrange(chain) {
    this.chain = chain;
    for (const attempt of this.attempts) attempt.place(chain);
    this.attempts.sort((left, right) => left.start - right.start || left.number - right.number);
    this.blockers = this.blockers.map((span) => ({
      span, start: chain.place(span.start), end: chain.place(span.end),
      chainID: span.attributes.get("queuert.blocker.chain.id") ?? "",
      type: span.attributes.get("queuert.blocker.chain.type") ?? "",
    })).sort((left, right) => right.end - left.end);
    this.findOpenAttempt(chain);
    this.findOpenBlockers(chain);
    this.completion = this.phases.find((span) => span.operation === "complete"
      && span.outgoing.some((connection) => connection.type === "creation")) ?? null;
    const first = this.attempts[0];
    const producerStart = this.producer ? chain.place(this.producer.start) : null;
    this.created = first && first.number <= 1 ? first.waitStart : producerStart ?? first?.waitStart ?? 0;
    if (producerStart !== null && this.created < producerStart) this.created = producerStart;
    if (!first && this.blockers.length > 0) this.created = Math.min(this.created, ...this.blockers.map(({ start }) => start));
    this.scheduledAt = this.producer ? moment(this.producer.attributes.get("queuert.job.scheduled_at"), chain) : null;
    this.end = Math.max(
      this.created, ...this.attempts.map((attempt) => attempt.end),
      this.producer ? chain.place(this.producer.end) : 0, ...this.blockers.map(({ end }) => end),
      this.completion ? chain.place(this.completion.end) : 0);
  }

  // An attempt is told at its end. Until then, what was told of it before gives it away: the wait for its worker, and the
  // phases below it, whose parent isn't there.
  findOpenAttempt(chain) {
    const known = new Set(this.attempts.map((attempt) => attempt.span.document.spanId));
    const lastEnd = Math.max(-1, ...this.attempts.map((attempt) => attempt.end));
    const wait = this.waits.find((span) =>
      !this.attempts.some((attempt) => Math.abs(attempt.start - chain.place(span.end)) < 1e6)
        && chain.place(span.end) > lastEnd);
    const phase = this.phases.find((span) => span.document.parentSpanId && !known.has(span.document.parentSpanId)
      && !chain.spans.has(`${span.document.traceId}/${span.document.parentSpanId}`)
      && chain.place(span.start) > lastEnd && !span.outgoing.some((connection) => connection.type === "creation"));
    if (!wait && !phase) return;
    const start = wait ? chain.place(wait.end) : chain.place(phase.start);
    const evidence = wait ?? phase;
    this.attempts.push(new Attempt(evidence, this, { start, number: this.attempts.length + 1, wait }));
    this.attempts.at(-1).place(chain);
  }

  // A wait is told when it is over. Until then, the span that wrote the job says for which chains it waits.
  findOpenBlockers(chain) {
    this.openBlockers = [];
    this.openBlockerCount = 0;
    if (this.last || !this.producer) return;
    const over = new Set(this.blockers.map((blocker) => blocker.chainID));
    const named = texts(this.producer, "queuert.blocker.chain.ids");
    this.openBlockers = named.filter((id) => !over.has(id) && !chain.around.get(id)?.isEnded).map((id) => ({
      span: null, chainID: id, type: chain.around.get(id)?.type || "a chain", isOpen: true,
      start: chain.place(this.producer.end), end: chain.place(this.producer.end),
    }));
    if (this.openBlockers.length === 0) return;
    const count = Number(this.producer.attributes.get("queuert.blocker.count") ?? named.length);
    this.openBlockerCount = this.openBlockers.length + Math.max(0, count - named.length);
  }

  get isBlocked() { return this.openBlockerCount > 0 && !this.completion; }
  // What it waits for still, and then what it waited for, the last to end first.
  get allBlockers() { return [...this.openBlockers, ...this.blockers]; }
  get last() { return this.attempts.at(-1) ?? null; }
  get hasFailed() { return Boolean(this.last?.isFailure && this.last.rescheduledAt === null && this.last.result === "failed"); }
  get isOver() {
    if (this.completion) return true;
    const { last } = this;
    if (!last || last.isOpen) return false;
    return last.result === "completed" || last.result === "superseded" || last.result === "cancelled" || this.hasFailed;
  }
  get openState() {
    if (this.isBlocked) return "blocked";
    if (this.last?.isOpen) return "running";
    if (this.last?.rescheduledAt !== undefined && this.last?.rescheduledAt !== null) return this.last.isFailure ? "backing off" : "scheduled";
    return this.scheduledAt !== null && !this.last ? "scheduled" : "waiting";
  }
  get state() {
    if (this.completion) return "completed";
    if (!this.last) return this.isBlocked ? "blocked" : "waiting";
    if (this.last.isOpen) return "running";
    return this.hasFailed ? "failed" : this.last.result;
  }
  // An attempt whose number begins anew: somebody had the job, which had failed for good, tried again.
  isRedriven(attempt) {
    const before = this.attempts[this.attempts.indexOf(attempt) - 1];
    return Boolean(before && !attempt.isOpen && attempt.number <= before.number);
  }
  get failures() { return this.attempts.filter((attempt) => attempt.isFailure); }
  total(kind) { return this.parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.end - part.start, 0); }

  // Makes the parts. `edge` is where the axis ends, if this job is the one that the chain has come to.
  close(edge, chainEnd) {
    this.parts = [];
    let cursor = this.created;
    for (const attempt of this.attempts) {
      if (attempt.isOpen) attempt.end = edge ?? Math.max(attempt.start, chainEnd);
      for (const part of attempt.waitParts) {
        if (part.end > cursor) this.push(part.kind, Math.max(part.start, cursor), part.end, attempt, false);
      }
      this.push(attempt.partKind, attempt.start, attempt.end, attempt);
      cursor = Math.max(cursor, attempt.end);
    }
    // Nothing is told while a job waits, so what it waits for is said as far as it is known.
    if (this.openBlockers.length > 0) {
      // A chain that was cancelled waits for nothing any more.
      const isOpen = edge !== null;
      for (const blocker of this.openBlockers) Object.assign(blocker, { isOpen, end: edge ?? chainEnd });
      this.push("blocked", cursor, edge ?? chainEnd, null, isOpen);
      this.end = Math.max(this.end, edge ?? chainEnd);
      if (!isOpen) this.openBlockerCount = 0;
      return;
    }
    if (!this.last && this.blockers.length > 0) {
      const resolved = Math.max(...this.blockers.map(({ end }) => end));
      this.push("blocked", cursor, resolved, null);
      cursor = Math.max(cursor, resolved);
    }
    if (this.completion && !this.last) this.push("outside", cursor, this.end, null);
    if (edge === null || this.last?.isOpen) return;
    const due = this.last ? this.last.rescheduledAt : this.scheduledAt;
    if (due !== null && due > cursor) {
      this.push(this.last?.isFailure ? "backoff" : "schedule", cursor, Math.min(due, edge), null, true);
      cursor = due;
    }
    if (edge > cursor) this.push("waiting", cursor, edge, null, true);
    this.end = Math.max(this.end, edge);
  }

  push(kind, start, end, attempt, isOpen = attempt?.isOpen ?? false) {
    if (end > start || kind.startsWith("run")) this.parts.push({ kind, start, end, attempt, job: this, isOpen });
  }
}

class Attempt {
  constructor(span, job, open = null) {
    this.span = span;
    this.job = job;
    this.isOpen = open !== null;
    this.open = open;
    this.number = open ? open.number : Number(span.attributes.get("queuert.job.attempt") ?? 0) || 1;
    this.result = open ? "running" : span.attributes.get("queuert.attempt.result") ?? (span.isError ? "failed" : "completed");
    this.isLost = this.result === "lost";
    this.isFailure = this.result === "failed" || this.isLost || (!open && span.isError && this.result !== "cancelled");
    this.worker = span.attributes.get("queuert.worker.id") ?? span.attributes.get("messaging.client.id") ?? "";
    this.errorType = open ? "" : span.errorType;
    this.errorText = open ? "" : errorText(span);
  }

  get partKind() { return this.isOpen ? "run-open" : this.isLost ? "run-lost" : this.isFailure ? "run-failed" : "run"; }
  get length() { return this.end - this.start; }
  get waited() { return this.start - this.waitStart; }

  place(chain) {
    this.start = this.open ? this.open.start : chain.place(this.span.start);
    this.end = this.open ? this.open.start : chain.place(this.span.end);
    this.rescheduledAt = this.open ? null : moment(this.span.attributes.get("queuert.rescheduled_at"), chain);
    this.waitParts = [];
    let end = this.start;
    for (const kind of [...waitKinds].reverse()) {
      const length = this.open
        ? (kind === "queue" && this.open.wait ? this.open.wait.length : 0)
        : (Number(this.span.attributes.get(`queuert.job.wait.${kind}_s`)) || 0) * 1e9;
      if (length > 0) this.waitParts.unshift({ kind, start: end - length, end });
      end -= Math.max(0, length);
    }
    this.waitStart = end;
  }
}

function errorText(span) {
  const exception = (span.document.events ?? []).find((event) => event.name === "exception");
  const message = (exception?.attributes ?? []).find((pair) => pair.key === "exception.message");
  return span.document.status?.message || message?.value?.stringValue || "";
}

// The texts of an attribute that is a list.
function texts(span, key) {
  const pair = (span.document.attributes ?? []).find((candidate) => candidate.key === key);
  return (pair?.value?.arrayValue?.values ?? []).map((value) => value.stringValue ?? "").filter(Boolean);
}

// A moment in ISO 8601, as nanoseconds after the chain's start; `null` if there is none.
function moment(text, chain) {
  const milliseconds = text ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? null : Number(BigInt(Math.round(milliseconds)) * 1000000n - chain.base);
}
"""##,
        "chain-story.js": ##"""
// Why a chain took as long as it did, in words.
import { clock, counted, day, duration } from "./format.js";

// What a time can be spent with, in the order of a chain's life.
export const kinds = new Map([
  ["starting", "being started"], ["schedule", "scheduled"], ["blocked", "blocked"], ["backoff", "backing off"], ["queue", "queued"],
  ["waiting", "waiting"], ["run", "running"], ["run-failed", "failed attempts"], ["run-lost", "worker lost"],
  ["run-open", "running now"], ["outside", "until completed without a worker"], ["other", "not accounted for"],
]);

// How much of the chain's time each kind took, the greatest first. The lengths add up to the whole.
export function breakdown(model) {
  const shares = new Map();
  for (const entry of model.timeline) {
    const share = shares.get(entry.kind) ?? { kind: entry.kind, length: 0, byJob: new Map() };
    // What is open goes on beyond what is drawn, until now.
    const length = (entry.part?.isOpen ? Math.max(entry.end, model.now) : entry.end) - entry.start;
    share.length += length;
    const job = entry.part?.job;
    if (job) share.byJob.set(job, (share.byJob.get(job) ?? 0) + length);
    shares.set(entry.kind, share);
  }
  const whole = Math.max(1, [...shares.values()].reduce((sum, share) => sum + share.length, 0));
  return [...shares.values()].filter((share) => share.length > 0)
    .map((share) => ({ ...share, share: share.length / whole, words: words(share, model) }))
    .sort((left, right) => right.length - left.length);
}

// One sentence: how long, and what took most of it.
export function headline(model) {
  const parts = breakdown(model);
  const worth = parts.filter((part) => part.share >= 0.08);
  const named = (worth.length > 0 ? worth : parts).slice(0, 3);
  const whole = duration(model.isOpen ? Math.max(model.edge, model.now > 0 ? model.now : 0) : model.end);
  const lead = model.isOpen ? `Under way for ${whole}` : model.hasFailed ? `Failed after ${whole}`
    : model.state === "cancelled" ? `Cancelled after ${whole}` : whole;
  // Where one thing took all of it, how long is said already.
  if (parts.length === 1 || parts[0].share > 0.995) return `${lead}, all of it ${parts[0].words}.`;
  return `${lead}: ${named.map((part) => `${duration(part.length)} ${part.words}`).join(", ")}.`;
}

function words({ kind, byJob }, model) {
  const jobs = [...byJob.entries()].sort((left, right) => right[1] - left[1]).map(([job]) => job);
  const types = [...new Set(jobs.map((job) => job.type))];
  const names = types.length > 2 ? `${types.slice(0, 2).join(", ")} and ${types.length - 2} more` : types.join(" and ");
  switch (kind) {
    case "backoff": return `backing off after ${failures(jobs, isTriedAgain)} of ${names}${untilWhen(jobs, model)}`;
    case "run-failed": return `in ${failures(jobs, (attempt) => attempt.isFailure && !attempt.isLost)} of ${names}${errors(jobs)}`;
    case "run-lost": return `until the lost worker of ${names} was noticed`;
    case "run-open": return `running ${names}, attempt ${jobs[0].last.number}, not ended yet`;
    case "queue": return `waiting for a free worker for ${names}`;
    case "schedule": return `scheduled: ${names} ${dueAt(jobs[0], model)}`;
    case "blocked": return `blocked${blockedBy(jobs)}`;
    case "waiting": return `waiting to run ${names}, or running it already: no span has arrived since`;
    case "outside": return `until ${names} was completed without a worker`;
    case "starting": return "being started, until the job was written";
    case "run": return `running ${names}`;
    default: return "that no span accounts for";
  }
}

function failures(jobs, which) {
  const attempts = jobs.flatMap((job) => job.attempts.filter(which));
  return counted(attempts.length, "failed attempt");
}

function isTriedAgain(attempt) {
  const next = attempt.job.attempts[attempt.job.attempts.indexOf(attempt) + 1];
  return attempt.isFailure && (attempt.rescheduledAt !== null || Boolean(next && !attempt.job.isRedriven(next)));
}

function untilWhen(jobs, model) {
  const open = jobs.find((job) => job.parts.some((part) => part.kind === "backoff" && part.isOpen));
  return open ? `, until ${clock(model.base + BigInt(Math.round(open.last.rescheduledAt))).slice(0, 8)}` : "";
}

function errors(jobs) {
  const types = [...new Set(jobs.flatMap((job) => job.attempts.map((attempt) => attempt.errorType)).filter(Boolean))];
  return types.length > 0 ? ` (${types.slice(0, 3).join(", ")})` : "";
}

function dueAt(job, model) {
  const due = job.scheduledAt ?? job.attempts.find((attempt) => attempt.rescheduledAt !== null)?.rescheduledAt ?? null;
  if (due === null) return "was due later";
  const moment = model.base + BigInt(Math.round(due));
  return `was due ${day(moment) === day(model.base) ? "at" : `on ${day(moment)} at`} ${clock(moment).slice(0, 8)}`;
}

function blockedBy(jobs) {
  const open = jobs.filter((job) => job.isBlocked).flatMap((job) => job.openBlockers);
  if (open.length > 0) {
    const count = jobs.reduce((sum, job) => sum + job.openBlockerCount, 0);
    const types = [...new Set(open.map((blocker) => blocker.type))].slice(0, 2).join(" and ");
    return count === 1 ? ` by the chain ${types}, which hasn't ended` : ` by ${count} chains that haven't ended, such as ${types}`;
  }
  const blockers = jobs.flatMap((job) => job.blockers);
  if (blockers.length === 0) return " by other chains";
  const last = blockers.reduce((latest, blocker) => (blocker.end > latest.end ? blocker : latest));
  if (blockers.length === 1) return ` by the chain ${last.type}`;
  return ` by ${blockers.length} chains, of which ${last.type} was the last to end`;
}
"""##,
        "chain-table.js": ##"""
// The attempts of a chain as a table: what each waited for, how long it ran, and what it failed with.
import { element } from "./dom.js";
import { waitKinds } from "./chain-model.js";
import { kinds } from "./chain-story.js";
import { duration } from "./format.js";

const most = 500;

export function attemptTable(model, select) {
  const attempts = model.attempts.slice(0, most);
  if (attempts.length === 0) return [];
  const shown = waitKinds.filter((kind) => attempts.some((attempt) => attempt.waitParts.some((part) => part.kind === kind)));
  return [
    element("h2", {}, "Attempts"),
    element("div", { class: "wide" }, element("table", { class: "grid-table", id: "attempts" },
      element("thead", {}, element("tr", {}, ["Job", "Attempt", ...shown.map((kind) => kinds.get(kind)), "ran", "Result", "Error", "Worker"]
        .map((title, index) => element("th", { scope: "col", class: index > 0 && index < shown.length + 3 ? "number" : null }, title)))),
      element("tbody", {}, attempts.map((attempt) => element("tr", {
        class: attempt.isFailure ? "failed" : null, onclick: () => select(attempt.span),
      },
      element("td", {}, `${attempt.job.index} `, element("b", {}, attempt.job.type)),
      element("td", { class: "number" }, String(attempt.number)),
      shown.map((kind) => element("td", { class: "number" }, waited(attempt, kind))),
      element("td", { class: "number" }, attempt.isOpen ? "…" : duration(attempt.length)),
      element("td", {}, element("span", { class: `badge result ${attempt.result}` }, attempt.isLost ? "worker lost" : attempt.result)),
      element("td", { class: "error-text" }, [attempt.errorType, attempt.errorText].filter(Boolean).join(": ")),
      element("td", { class: "mono soft" }, attempt.worker)))))),
    model.attempts.length > most && element("p", { class: "soft" }, `and ${model.attempts.length - most} more`),
  ].filter(Boolean);
}

function waited(attempt, kind) {
  const part = attempt.waitParts.find((candidate) => candidate.kind === kind);
  return part ? duration(part.end - part.start) : "";
}
"""##,
        "chain.css": ##"""
/* A job chain. */
.chain-head { padding: 14px 20px 12px; background: var(--panel); border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; }
.chain-head h1 { font-size: 17px; font-weight: 650; margin: 0; overflow-wrap: anywhere; }
.chain-head .tools { margin-left: auto; display: flex; gap: 8px; }
.kind-label { color: var(--ink-faint); font-size: 12px; }
.chain-head .facts { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--ink-soft); flex-basis: 100%; font-size: 13px; }
.chain-head .facts b { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
.story { flex-basis: 100%; margin: 6px 0 4px; font-size: 19px; line-height: 1.35; font-weight: 600; letter-spacing: -.005em; max-width: 100ch; text-wrap: pretty; }
.because { flex-basis: 100%; color: var(--ink-soft); }
.because p { margin: 2px 0; max-width: 110ch; }
.because a { color: var(--accent); font-weight: 600; }
.breakdown { flex-basis: 100%; margin: 4px 0 2px; }
.breakdown-bar { display: flex; gap: 1px; height: 14px; border-radius: 4px; overflow: hidden; background: var(--line-soft); }
.breakdown-bar .part { position: static; height: 100%; min-width: 2px; border-radius: 0; top: 0; }
.breakdown-list { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 8px 0 2px; padding: 0; }
.breakdown-list li { display: flex; align-items: center; gap: 6px; font-variant-numeric: tabular-nums; }
.breakdown-list b { font-weight: 650; }
.swatch.part { position: static; width: 12px; height: 12px; border-radius: 3px; flex: none; }
.badge.state { font-weight: 600; }
.badge.state.completed, .badge.result.completed { background: var(--good-soft); color: var(--good); }
.badge.state.failed, .badge.state.cancelled, .badge.result.failed { background: var(--error-soft); color: var(--error); }
.badge.state.running, .badge.state.blocked, .badge.state.backing-off, .badge.state.waiting, .badge.state.scheduled, .badge.open { background: var(--accent-soft); color: var(--accent); }
.badge.lost, .badge.result.lost { background: var(--lost); color: var(--lost-ink); font-weight: 600; }

.chain-body { flex: 1; min-width: 0; overflow: auto; padding: 16px 20px 40px; display: flex; flex-direction: column; gap: 16px; }
.panel { flex: none; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
.panel h2 { font-size: 13px; font-weight: 650; margin: 0; padding: 12px 16px 8px; }
.panel > p { margin: 0; padding: 0 16px 10px; font-size: 12.5px; }
.wide { overflow-x: auto; }
.lanes { --names: clamp(210px, 30%, 380px); overflow: hidden; outline-offset: -2px; }
.lane-axis { height: 28px; border-bottom: 1px solid var(--line); padding-left: var(--names); padding-right: 20px; font-size: 11px; color: var(--ink-faint); }
.lane-times { position: relative; height: 100%; }
.lane-times span { position: absolute; top: 7px; transform: translateX(-50%); white-space: nowrap; font-variant-numeric: tabular-nums; }
.lane-times span:first-child { transform: none; }
.lane-canvas { position: relative; margin-bottom: 8px; }
.lane-grid { position: absolute; inset: 0 20px 0 var(--names); pointer-events: none; }
.lane-grid i { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--line-soft); }
.lane-grid i.boundary { background: none; border-left: 1.5px dashed var(--accent); opacity: .45; }
.lane-row { position: absolute; left: 0; right: 0; display: flex; border-top: 1px solid transparent; }
.lane-row.job { border-top-color: var(--line-soft); }
.lane-row[role=treeitem] { cursor: pointer; }
.lane-row[role=treeitem]:hover { background: color-mix(in srgb, var(--accent) 6%, transparent); }
.lane-row[aria-selected=true] { background: var(--accent-soft); box-shadow: inset 3px 0 0 var(--accent); }
.lane-name { flex: none; width: var(--names); display: flex; align-items: center; gap: 7px; padding: 0 12px 0 16px; overflow: hidden; white-space: nowrap; }
.lane-name b { font-weight: 600; overflow: hidden; text-overflow: ellipsis; min-width: 50px; }
.lane-name a { color: var(--accent); overflow: hidden; text-overflow: ellipsis; min-width: 40px; }
.lane-name .badge { flex: 0 1 auto; min-width: 24px; }
.lane-name .index { flex: none; width: 20px; text-align: center; font-size: 11px; line-height: 18px; border-radius: 5px; background: var(--line-soft); color: var(--ink-soft); font-variant-numeric: tabular-nums; }
.lane-row.attempt, .lane-row.blocker { font-size: 12.5px; color: var(--ink-soft); }
.lane-row.failed b, .lane-row.lost b { color: var(--error); }
.lane-name .guide { width: 12px; border: 0; }
.lane-bars { position: relative; flex: 1; margin-right: 20px; }
.part { position: absolute; top: 8px; height: 20px; min-width: 2px; border-radius: 3px; overflow: hidden; background: var(--k); color: var(--k-ink, #fff); font-size: 11px; line-height: 20px; font-style: normal; }
.part span { padding: 0 6px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.lane-row.attempt .part, .lane-row.blocker .part { top: 6px; height: 15px; line-height: 15px; }
.lane-row.job.summary .part { top: 13px; height: 9px; }
.lane-row.job.summary .part span { display: none; }
.part.blocked { --k: var(--k-blocked); --k-ink: var(--k-wait-ink); }
.part.schedule { --k: var(--k-schedule); --k-ink: var(--k-wait-ink); }
.part.backoff { --k: var(--k-backoff); --k-ink: var(--k-wait-ink); }
.part.queue { --k: var(--k-queue); --k-ink: var(--k-wait-ink); }
.part.waiting, .part.other, .part.starting { --k: var(--k-other); --k-ink: var(--k-wait-ink); }
.part.run, .part.outside { --k: var(--k-run); }
.part.run-failed { --k: var(--error-fill); }
.part.run-lost { background: repeating-linear-gradient(45deg, var(--lost) 0 6px, var(--lost-ink) 6px 8px); }
.part.run-lost span { background: var(--lost); color: var(--lost-ink); }
.part.run-open, .part.open { background: repeating-linear-gradient(135deg, var(--k, var(--k-run)) 0 6px, color-mix(in srgb, var(--k, var(--k-run)) 45%, var(--panel)) 6px 12px); mask-image: linear-gradient(90deg, #000 75%, rgb(0 0 0 / 25%)); }
.part.run-open { --k: var(--k-run); }
.lane-row.blocker.critical .part { outline: 1.5px solid var(--k-blocked-line); outline-offset: -1.5px; }
.ended { position: absolute; top: 9px; width: 3px; height: 9px; border-radius: 1px; background: var(--k-blocked-line); opacity: .5; }
.trace-strip { position: absolute; top: 7px; height: 16px; border-radius: 3px; background: var(--accent-soft); color: var(--accent); font-size: 11px; line-height: 16px; padding: 0 6px; overflow: hidden; white-space: nowrap; border-right: 2px solid var(--panel); }
.trace-strip:hover { text-decoration: underline; }
.lane-arrows { position: absolute; top: 0; left: var(--names); width: calc(100% - var(--names) - 20px); height: 100%; pointer-events: none; overflow: visible; }
.lane-arrows path { fill: none; stroke: var(--ink-faint); stroke-width: 1.25; opacity: .55; vector-effect: non-scaling-stroke; }
.lane-arrows path.crossing { stroke: var(--accent); stroke-width: 1.75; opacity: 1; stroke-dasharray: 4 3; }

.grid-table { width: 100%; border-collapse: collapse; font-size: 13px; }
.grid-table th, .grid-table td { text-align: left; padding: 6px 10px; border-top: 1px solid var(--line-soft); white-space: nowrap; vertical-align: top; }
.grid-table th { color: var(--ink-faint); font-weight: 500; font-size: 12px; border-top: 0; }
.grid-table th:first-child, .grid-table td:first-child { padding-left: 16px; }
.grid-table .number { text-align: right; font-variant-numeric: tabular-nums; }
.grid-table tbody tr { cursor: pointer; }
.grid-table tbody tr:hover { background: color-mix(in srgb, var(--accent) 6%, transparent); }
.grid-table td.error-text { white-space: normal; min-width: 180px; max-width: 420px; overflow-wrap: anywhere; color: var(--error); }
.grid-table b { font-weight: 600; }

.graph .wide { padding: 6px 16px 16px; }
.graph-canvas { position: relative; }
.graph-canvas svg { position: absolute; inset: 0; overflow: visible; }
.graph-canvas path { fill: none; stroke: var(--k-blocked-line); stroke-width: 1.25; opacity: .5; }
.graph-canvas path.started { stroke: var(--ink-faint); stroke-dasharray: 2 4; }
.graph-canvas path.head { stroke-dasharray: none; }
.graph-canvas path.critical { stroke-width: 2.5; opacity: 1; }
.graph-node { position: absolute; display: flex; flex-direction: column; justify-content: center; padding: 0 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); font-size: 12px; color: var(--ink-soft); overflow: hidden; white-space: nowrap; }
.graph-node b { color: var(--ink); font-weight: 600; overflow: hidden; text-overflow: ellipsis; }
.graph-node.current { border: 2px solid var(--accent); background: var(--accent-soft); }
.graph-node.failed { border-left: 4px solid var(--error-fill); }
.graph-node.open { border-style: dashed; }
.graph-node.group { background: var(--line-soft); }
a.graph-node:hover { border-color: var(--accent); }

.texts { width: min(880px, 94vw); border: 1px solid var(--line); border-radius: 12px; background: var(--panel); color: var(--ink); padding: 16px; }
.texts::backdrop { background: rgb(10 14 24 / 45%); }
.texts header, .texts footer { display: flex; align-items: center; gap: 8px; }
.texts footer { justify-content: flex-end; margin-top: 10px; }
.texts p { margin: 8px 0; font-size: 12.5px; }
.texts textarea { width: 100%; height: min(52vh, 460px); font: 12px/1.5 var(--mono); color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: 8px; padding: 10px; white-space: pre; resize: vertical; }
.tabs { display: flex; flex-wrap: wrap; gap: 6px; flex: 1; }
.tabs button[aria-selected=true] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
@media (max-width: 700px) {
  .chain-head { padding: 10px 14px; }
  .chain-body { padding: 12px 10px 32px; }
  .story { font-size: 16px; }
  .lanes { --names: 132px; }
  .lane-name { padding: 0 6px 0 8px; gap: 4px; font-size: 12px; }
  .lane-name .guide { width: 4px; }
  .lane-name .badge { display: none; }
  .lane-bars { margin-right: 10px; }
  .part span { display: none; }
  .chain-head .tools { margin-left: 0; flex-basis: 100%; }
}
"""##,
        "chain.js": ##"""
// The view of a job chain: why it took as long as it did.
import * as api from "./api.js";
import { ChainGraph } from "./chain-graph.js";
import { ChainLanes } from "./chain-lanes.js";
import { ChainModel } from "./chain-model.js";
import { breakdown, headline, kinds } from "./chain-story.js";
import { attemptTable } from "./chain-table.js";
import { DetailPanel } from "./detail.js";
import { element, show } from "./dom.js";
import { clock, colour, counted, day, duration, percent } from "./format.js";
import { showTexts } from "./texts.js";
import { TraceLogs } from "./trace-logs.js";

export class ChainView {
  constructor(main, chainID, spanID) {
    this.chainID = chainID;
    this.spanID = spanID;
    this.others = new Map();
    this.logs = new TraceLogs();
    this.head = element("header", { class: "chain-head" });
    this.detail = new DetailPanel({ close: () => this.select(null) });
    this.lanes = new ChainLanes({ select: (span) => this.select(span), load: (id) => this.load(id) });
    this.graph = new ChainGraph();
    this.table = element("section", { class: "panel attempts" });
    this.body = element("div", { class: "chain-body" }, this.lanes.container, this.graph.container, this.table);
    main.replaceChildren(this.head, element("div", { class: "split" }, this.body, this.detail.container));
  }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    // A slow answer must not replace a later one, nor another view.
    const isLate = () => turn !== this.turn || !this.head.isConnected;
    try {
      const answer = await api.chainText(this.chainID);
      if (isLate()) return;
      if (answer !== this.shown || this.model.isOpen) {
        const { spans, truncated } = JSON.parse(answer);
        const model = await this.modelOf(this.chainID, spans);
        await this.reloadOthers();
        if (isLate()) return;
        Object.assign(this, { model, truncated });
        this.draw();
        await this.explain();
        const graph = await api.chainGraph(this.chainID);
        if (isLate()) return;
        this.graph.show(graph, this.chainID);
        // Not sooner: after a failure it is read again, even if it is the same.
        this.shown = answer;
      }
      show(null);
      await this.loadLogs();
    } catch (problem) {
      if (!isLate()) show(problem);
    }
  }

  // What a job waits for may have ended before the job was written: the chains around it say so.
  async modelOf(chainID, spans) {
    const model = new ChainModel(chainID, spans);
    if (!model.jobs.some((job) => job.isBlocked)) return model;
    const { chains } = await api.chainGraph(chainID);
    return new ChainModel(chainID, spans, { around: new Map(chains.map((chain) => [chain.chainId, chain])) });
  }

  // Follows the blocker that ended last, and the one that this waited for, to what held up all of them.
  async explain() {
    let model = this.model;
    const seen = new Set([this.chainID]);
    for (let depth = 0; depth < 4; depth++) {
      const worst = model.jobs.filter((job) => job.allBlockers.length > 0 && !seen.has(job.allBlockers[0].chainID))
        .sort((left, right) => right.total("blocked") - left.total("blocked"))[0];
      if (!worst || worst.total("blocked") < model.length * 0.05) break;
      const blocker = await this.load(worst.allBlockers[0].chainID);
      if (!blocker) break;
      seen.add(blocker.id);
      this.lanes.open(blocker.id);
      model = blocker;
    }
    if (model !== this.model && this.head.isConnected) this.draw();
  }

  async load(chainID) {
    if (!this.others.has(chainID)) await this.reload(chainID);
    return this.others.get(chainID) ?? null;
  }

  // What can't be read stays as it was.
  async reload(chainID) {
    const model = await api.chainText(chainID).then((text) => this.modelOf(chainID, JSON.parse(text).spans)).catch(() => null);
    if (model) this.others.set(chainID, model);
  }

  // Of the chains that are opened, or were, each may have gone on.
  async reloadOthers() { await Promise.all([...this.others.keys()].map((id) => this.reload(id))); }

  // Of the traces of this chain and of those that were loaded. There may be more than are read, so the selected span's is first.
  async loadLogs() {
    const { selected } = this;
    const traces = [this.model, ...this.others.values()].flatMap((model) => model.traces.map((trace) => trace.id));
    const isNew = await this.logs.read(selected ? [selected.document.traceId, ...traces] : traces);
    if (isNew && this.head.isConnected) this.showDetail(this.selected);
  }

  draw() {
    document.title = `${this.model.type} – Queuert`;
    this.drawHead();
    this.lanes.show(this.model, this.others);
    this.table.replaceChildren(...attemptTable(this.model, (span) => this.select(span)));
    this.table.hidden = this.model.attempts.length === 0;
    const { selected } = this;
    this.lanes.setSelected(selected);
    this.showDetail(selected);
  }

  get selected() { return this.spanID ? this.findSpan(this.spanID) : null; }

  findSpan(spanID) {
    for (const model of [this.model, ...this.others.values()]) {
      for (const span of model.spans.values()) if (span.document.spanId === spanID) return span;
    }
    return null;
  }

  showDetail(span) { this.detail.show(span, { start: this.model.base }, this.logs.bySpan); }

  setTarget(spanID) {
    this.spanID = spanID;
    if (this.model) this.draw();
  }

  select(span) {
    this.spanID = span?.document.spanId ?? null;
    const hash = `#/chain/${encodeURIComponent(this.chainID)}${span ? `/${this.spanID}` : ""}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
    this.lanes.setSelected(span);
    this.showDetail(span);
    if (span && !this.logs.has(span.document.traceId)) this.loadLogs();
  }

  drawHead() {
    const { model } = this;
    const failed = model.failedAttempts.length;
    const start = String(model.base);
    this.head.replaceChildren(...[
      element("a", { class: "back", href: "#/" }, "← All chains"),
      element("span", { class: "kind-label" }, "job chain"),
      element("h1", {}, model.type || "(no type)"),
      element("span", { class: `badge state ${model.state.replaceAll(" ", "-")}` }, model.state),
      element("div", { class: "tools" },
        element("button", { type: "button", id: "copy", onclick: () => showTexts([...this.model.spans.values()], this.model) }, "Copy as …"),
        model.traces.length > 0 && element("a", { class: "button", href: `#/trace/${model.traces[0].id}` },
          model.traces.length > 1 ? `Waterfall of ${model.traces.length} traces` : "Waterfall")),
      element("p", { class: "story", id: "story" }, headline(model)),
      this.breakdownBar(),
      this.because(),
      element("div", { class: "facts" },
        fact("started", `${day(start)} ${clock(start)}`), fact("jobs", String(model.jobs.length)),
        fact("attempts", failed > 0 ? `${model.attempts.length}, ${failed} failed` : String(model.attempts.length)),
        element("span", {}, "chain ", element("b", { class: "mono" }, model.id)),
        element("span", { class: "legend" }, model.services.map((service) =>
          element("span", { class: colour(service) }, element("i", { class: "dot" }), service))),
        this.truncated && element("span", { class: "badge error" }, "too large: not all of it is shown")),
    ].filter(Boolean));
  }

  breakdownBar() {
    const parts = breakdown(this.model);
    return element("div", { class: "breakdown", id: "breakdown" },
      element("div", { class: "breakdown-bar", "aria-hidden": "true" }, [...parts].sort((left, right) => order(left) - order(right))
        .map((part) => element("i", { class: `part ${part.kind}`, position: { width: percent(part.share) }, title: kinds.get(part.kind) }))),
      element("ul", { class: "breakdown-list" }, parts.map((part) => element("li", { title: part.words },
        element("i", { class: `swatch part ${part.kind}` }), element("span", {}, kinds.get(part.kind)),
        element("b", {}, duration(part.length)), element("span", { class: "soft" }, share(part.share))))));
  }

  // What the blockers that ended last did all the time.
  because() {
    const lines = [];
    let { model } = this;
    while (model) {
      const next = model.jobs.map((job) => job.allBlockers[0]).filter(Boolean)
        .map((blocker) => this.others.get(blocker.chainID)).find((other) => other && !lines.includes(other));
      if (next) lines.push(next);
      model = next;
    }
    if (lines.length === 0) return null;
    return element("div", { class: "because", id: "because" }, lines.map((other) => element("p", {}, "↳ ",
      element("a", { href: `#/chain/${encodeURIComponent(other.id)}` }, other.type),
      other.state === "completed" ? ` took ${headline(other)}` : ` – ${headline(other).replace(/^./, (first) => first.toLowerCase())}`)));
  }
}

const order = (part) => [...kinds.keys()].indexOf(part.kind);
const share = (fraction) => (fraction < 0.01 ? "< 1 %" : `${Math.round(fraction * 100)} %`);
const fact = (name, value) => element("span", {}, `${name} `, element("b", {}, value));
"""##,
        "chains.js": ##"""
// The list of chains that something was heard of lately: what each has come to, and how often it failed on the way.
import * as api from "./api.js";
import { element, redraw, show } from "./dom.js";
import { between, colour, counted, duration, when } from "./format.js";
import { welcome } from "./list.js";

export class ChainsView {
  constructor(main) {
    this.container = element("section", { class: "list", "aria-label": "Chains" });
    main.replaceChildren(this.container);
    document.title = "Chains – Queuert";
    this.state = "all";
  }

  async refresh() {
    try {
      const text = await api.chainsText();
      if (!this.container.isConnected) return;
      show(null);
      if (text === this.text) return;
      this.text = text;
      this.answer = JSON.parse(text);
      this.draw();
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }

  draw() {
    const { chains } = this.answer;
    if (chains.length === 0) {
      return this.container.replaceChildren(welcome(), element("p", { class: "empty" },
        "Traces of programs that have no job chains are ", element("a", { class: "accent", href: "#/traces" }, "listed here"), "."));
    }
    const counts = new Map([["all", chains.length]]);
    for (const chain of chains) counts.set(stateOf(chain), (counts.get(stateOf(chain)) ?? 0) + 1);
    const shown = chains.filter((chain) => this.state === "all" || stateOf(chain) === this.state);
    const longest = Math.max(1, ...shown.map((chain) => between(chain.startTimeUnixNano, chain.endTimeUnixNano)));
    redraw(this.container,
      element("div", { class: "tabs", role: "group", "aria-label": "State" }, [...counts].map(([state, count]) =>
        element("button", {
          type: "button", id: `state-${state}`, "aria-pressed": String(state === this.state), onclick: () => { this.state = state; this.draw(); },
        }, `${state} ${count}`))),
      element("div", { class: "list-head chain", "aria-hidden": "true" },
        ["Started", "Chain", "State", "Duration", "Jobs", "Attempts"].map((text, index) => element("span", { class: index > 3 ? "count" : null }, text))),
      element("ul", { class: "rows", id: "chains" }, shown.map((chain) => element("li", {}, row(chain, longest)))));
  }
}

// What the last attempt says, as far as the chain hasn't ended.
export function stateOf(chain) {
  if (chain.isEnded) return chain.isCancelled ? "cancelled" : "completed";
  if (chain.lastResult === "failed" && !chain.isRescheduled) return "failed";
  return chain.openBlockerCount > 0 ? "blocked" : "open";
}

function row(chain, longest) {
  const took = between(chain.startTimeUnixNano, chain.endTimeUnixNano);
  const state = stateOf(chain);
  return element("a", { class: `trace-row chain ${colour(chain.service)}`, id: `chain-${chain.chainId}`, href: `#/chain/${encodeURIComponent(chain.chainId)}` },
    element("span", { class: "when" }, when(chain.startTimeUnixNano)),
    element("span", { class: "root" }, element("i", { class: "dot" }), element("b", {}, chain.type || "(no type)"),
      state === "blocked"
        ? element("span", { class: "soft waits" }, waitsFor(chain)) : element("span", { class: "mono soft id" }, chain.chainId)),
    element("span", {}, element("span", { class: `badge state ${state}` }, state)),
    element("span", { class: "took" },
      element("span", { class: "took-bar" }, element("i", { position: { width: `${(took / longest) * 100}%` } })),
      element("span", {}, duration(took))),
    element("span", { class: "count" }, String(chain.jobCount)),
    element("span", { class: "count" }, String(chain.attemptCount),
      chain.failedAttemptCount > 0 && [" ", element("span", { class: "badge error" }, counted(chain.failedAttemptCount, "failure"))]));
}

// In the place of the chain's id, which the address has.
function waitsFor({ openBlockers, openBlockerCount }) {
  const [first] = openBlockers;
  const others = openBlockerCount - 1;
  return `waits for ${first?.type || first?.chainId || "a chain"}${others > 0 ? ` and ${others} more` : ""}`;
}
"""##,
        "checks.js": ##"""
// What isn't as it should be: names and values that aren't as the conventions have them, and what was dropped on the way here.
import * as api from "./api.js";
import { element, show } from "./dom.js";
import { counted } from "./format.js";
import { lint } from "./lint.js";

export class ChecksView {
  constructor(main) {
    this.container = element("div", { class: "view" });
    main.replaceChildren(this.container);
    document.title = "Checks – Queuert";
  }

  async refresh() {
    try {
      const [{ spans }, { metrics }, { logs }, registry, status] = await Promise.all([
        api.recentSpans(), api.metrics(), api.logs({ limit: "1000" }), api.registry(), api.status().catch(() => null)]);
      if (!this.container.isConnected) return;
      show(null);
      const findings = lint({ spans, metrics, logs }, registry);
      this.container.replaceChildren(
        element("header", {}, element("h1", {}, "Checks"),
          element("p", {}, `The last ${counted(spans.length, "span")} and ${counted(logs.length, "log record")} and ${counted(metrics.length, "metric")}, compared `
            + "with Queuert's registry of names and OpenTelemetry's conventions.")),
        element("section", { class: "panel", id: "lint" }, element("h2", {}, "Names and values"),
          findings.length === 0 ? element("p", { class: "good-news" }, "Everything is named as it should be.") : findings.map(findingRow)),
        element("section", { class: "panel", id: "dropped" }, element("h2", {}, "What was lost on the way"), lossRows(status)));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }
}

function findingRow(finding) {
  return element("div", { class: `finding level-${finding.level}` },
    element("span", { class: `badge ${finding.level === "error" ? "error" : ""}` }, finding.level),
    element("span", {}, finding.text, " ", element("span", { class: "soft" }, `${finding.count} ×, ${finding.source}`)),
    element("a", { href: finding.example }, "an example"));
}

// What was received and what became of it, what was left out and why, and what senders say they never sent.
function lossRows(status) {
  if (!status) return element("p", { class: "soft" }, "The collector doesn't tell.");
  const losses = [
    ...(status.dropped ?? []).map(({ what, reason, count }) => [`${what}: ${reason}`, count]),
    ...senderLosses(status.senders ?? []),
  ];
  return [
    element("div", { class: "wide" }, element("table", { class: "grid-table", id: "received" },
      element("thead", {}, element("tr", {}, ["Signal", "Accepted", "Sent again", "Refused", "Not stored, asked for again", "Requests"].map((title, index) =>
        element("th", { scope: "col", class: index > 0 ? "number" : null }, title)))),
      element("tbody", {}, Object.entries(status.signals ?? {}).map(([signal, counts]) => element("tr", {},
        element("td", {}, element("b", {}, signal)),
        [counts.accepted, counts.repeated, counts.refused, counts.failed].map((count, index) => element("td", { class: "number" },
          index > 1 && count > 0 ? element("span", { class: "badge error" }, number(count)) : number(count))),
        element("td", { class: "number" }, Object.entries(counts.requests ?? {}).map(([code, count]) => `${number(count)} × ${code}`).join(", "))))))),
    element("p", { class: "kept" }, stored(status.store)),
    losses.length === 0
      ? element("p", { class: "good-news" }, "Nothing was dropped, here or by those who send.")
      : losses.map(([text, count]) => element("div", { class: "finding" }, element("span", { class: "badge error" }, number(count)), element("span", {}, text), element("span"))),
  ];
}

function stored(store) {
  if (!store) return "";
  return `Kept: ${counted(store.traces, "trace")}, ${counted(store.spans, "span")}, ${counted(store.logs, "log record")} and ${counted(store.points, "data point")} `
    + `in ${size(store.bytes)}${store.limitBytes ? ` of ${size(store.limitBytes)}` : ""}.`;
}

// The counters of senders' own telemetry that have an error's type count what was lost.
function senderLosses(senders) {
  const losses = new Map();
  for (const { service, metric, attributes = [], asInt, asDouble } of senders) {
    const reason = attributes.find(({ key }) => key === "error.type");
    const count = Number(asInt ?? asDouble ?? 0);
    if (!reason || count === 0) continue;
    const text = `${service}: ${metric}, ${reason.value.stringValue ?? ""}`;
    losses.set(text, (losses.get(text) ?? 0) + count);
  }
  return [...losses];
}

const number = (value) => Number(value ?? 0).toLocaleString("en");
const size = (bytes) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`);
"""##,
        "compare-model.js": ##"""
// Two traces side by side: spans that stand at the same place of the tree are a pair.
import { flatten } from "./model.js";

// A span's place is the way to it: the names from the root, each with its turn among siblings of that name.
function places(segment) {
  const result = new Map();
  const turns = new Map();
  for (const span of flatten(segment.roots)) {
    const { name } = span.document;
    if (!turns.has(span.parent)) turns.set(span.parent, new Map());
    const turnsOfNames = turns.get(span.parent);
    const turn = turnsOfNames.get(name) ?? 0;
    turnsOfNames.set(name, turn + 1);
    result.set(span, `${result.get(span.parent) ?? ""}/${name}#${turn}`);
  }
  return result;
}

// Rows in the order of the left tree; what only the right one has follows what stands before it there.
export function compare(left, right) {
  const leftPlaces = places(left);
  const rightPlaces = places(right);
  const rightByPlace = new Map([...rightPlaces].map(([span, place]) => [place, span]));
  const rows = [...leftPlaces].map(([span, place]) => {
    const other = rightByPlace.get(place) ?? null;
    rightByPlace.delete(place);
    return { place, depth: span.depth, name: span.document.name, left: span, right: other };
  });
  const at = new Map(rows.map((row, index) => [row.place, index]));
  // The row after which stands what is added below a place: the last below the same place on the left.
  const ends = new Map();
  const endOf = (above) => {
    if (!ends.has(above)) {
      let end = at.get(above) ?? rows.length;
      while (end + 1 < rows.length && rows[end + 1].depth > rows[at.get(above)].depth) end += 1;
      ends.set(above, end);
    }
    return ends.get(above);
  };
  const byRow = new Map();
  for (const [place, span] of rightByPlace) {
    const after = endOf(rightPlaces.get(span.parent));
    // What is below it comes later, and goes to the same place.
    ends.set(place, after);
    if (!byRow.has(after)) byRow.set(after, []);
    byRow.get(after).push({ place, depth: span.depth, name: span.document.name, left: null, right: span });
  }
  return [...rows.flatMap((row, index) => [row, ...(byRow.get(index) ?? [])]), ...(byRow.get(rows.length) ?? [])];
}

// What differs between the attributes of a pair, other than identifiers and times.
export function differences(left, right) {
  const keys = new Set([...left.attributes.keys(), ...right.attributes.keys()]);
  return [...keys].filter((key) => left.attributes.get(key) !== right.attributes.get(key) && !/(\.|_)id$|_s$|_at$|_ms$/.test(key))
    .map((key) => ({ key, left: left.attributes.get(key), right: right.attributes.get(key) }));
}
"""##,
        "compare.js": ##"""
// Two traces side by side.
import * as api from "./api.js";
import { compare, differences } from "./compare-model.js";
import { element, show } from "./dom.js";
import { between, clock, day, duration, quoted, when } from "./format.js";
import { TraceModel } from "./model.js";

const most = 3000;

export class CompareView {
  constructor(main, left, right) {
    this.left = left.toLowerCase();
    this.right = right.toLowerCase();
    this.container = element("div", { class: "view", id: "compare-view" });
    main.replaceChildren(this.container);
    document.title = "Compare – Queuert";
  }

  async refresh() {
    if (this.drawn) return;
    try {
      const left = await api.trace(this.left);
      if (!this.right) return await this.choose(left);
      const right = await api.trace(this.right);
      if (!this.container.isConnected) return;
      show(null);
      this.drawn = true;
      this.draw(this.model(left), this.model(right));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }

  model(stored) { return new TraceModel({ truncated: false, traces: [stored] }, stored.trace.traceId).segments[0]; }

  // The other trace: one of the same kind is what people compare with, unless they have an id.
  async choose(left) {
    const name = left.trace.rootName;
    // What has no name can't be searched for: it is looked for among the newest.
    const page = await api.traces({ search: name && `name:${quoted(name)}`, limit: 50 });
    if (!this.container.isConnected) return;
    this.drawn = true;
    const input = element("input", { type: "text", id: "other", placeholder: "the id of the other trace", "aria-label": "The id of the other trace", spellcheck: "false" });
    const go = () => { if (input.value.trim()) location.hash = `#/compare/${this.left}/${encodeURIComponent(input.value.trim())}`; };
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
    const others = page.traces.filter((trace) => trace.traceId !== this.left && (name || !trace.rootName));
    this.container.replaceChildren(
      element("header", {}, element("h1", {}, `Compare ${called(name)} of ${day(left.trace.startTimeUnixNano)} ${clock(left.trace.startTimeUnixNano)} with …`)),
      element("div", { class: "fields" }, input, element("button", { type: "button", onclick: go }, "Compare")),
      element("section", { class: "panel" }, element("h2", {}, "Others that begin alike"), element("div", { class: "metric-list" },
        others.length === 0 && element("p", { class: "soft" }, "There are none."),
        others.map((trace) => element("a", { href: `#/compare/${this.left}/${trace.traceId}` },
          element("span", {}, when(trace.startTimeUnixNano)), element("b", {}, duration(between(trace.startTimeUnixNano, trace.endTimeUnixNano))),
          element("span", { class: "soft" }, trace.errorCount > 0 ? `${trace.errorCount} errors` : ""), element("span", { class: "mono soft" }, trace.traceId))))));
  }

  draw(left, right) {
    const rows = compare(left, right);
    const shared = rows.filter((row) => row.left && row.right).length;
    this.container.replaceChildren(
      element("header", {}, element("h1", {}, `${called(left.summary.rootName)} and ${called(right.summary.rootName)}`),
        element("p", {}, `${duration(Number(left.end - left.start))} and ${duration(Number(right.end - right.start))}; `
          + `${shared} spans in both, ${rows.filter((row) => !row.right).length} only in the left one, ${rows.filter((row) => !row.left).length} only in the right one.`)),
      element("section", { class: "panel" }, element("div", { class: "wide" }, element("table", { class: "grid-table", id: "comparison" },
        element("thead", {}, element("tr", {}, ["Span", "Left", "Right", "Difference", "What else differs"].map((title, index) =>
          element("th", { scope: "col", class: index > 0 && index < 4 ? "number" : null }, title)))),
        element("tbody", {}, rows.slice(0, most).map((row) => this.row(row)))))));
  }

  row(row) {
    const delta = row.left && row.right ? row.right.length - row.left.length : null;
    const differs = row.left && row.right ? differences(row.left, row.right) : [];
    const isFailure = (span) => span?.isError && element("span", { class: "badge error" }, span.errorType || "error");
    return element("tr", { class: row.left ? (row.right ? null : "only-left") : "only-right" },
      element("td", {}, element("span", { class: "indent", position: { width: `${Math.min(row.depth, 12) * 14}px` } }), called(row.name), " "),
      element("td", { class: "number" }, cell(row.left), " ", isFailure(row.left)),
      element("td", { class: "number" }, cell(row.right), " ", isFailure(row.right)),
      element("td", { class: `number delta ${delta === null ? "" : weight(delta, row)}` },
        delta === null ? (row.left ? "only left" : "only right") : `${delta < 0 ? "−" : "+"}${duration(Math.abs(delta))}`),
      element("td", { class: "soft" }, differs.slice(0, 4).map(({ key, left, right }) => element("div", {}, `${key}: ${left ?? "–"} → ${right ?? "–"}`))));
  }
}

const called = (name) => name || "(no name)";
const cell = (span) => span && element("a", { class: "accent", href: `#/trace/${span.document.traceId}/${span.document.spanId}` }, duration(span.length));

// A difference counts if it is a tenth and a millisecond.
function weight(delta, row) {
  if (Math.abs(delta) < 1e6 || Math.abs(delta) < row.left.length * 0.1) return "";
  return delta > 0 ? "slower" : "faster";
}
"""##,
        "critical-path.js": ##"""
// The critical path of a trace: what, had it been shorter, would have ended the trace sooner.
import { chainOf } from "./chain-model.js";

// Goes back from the end of each root: to the child that ended last, from its start to the one that ended last before, and so on.
// A queue's spans end long before what they led to does, so a span counts as going on until the last below it ends. Where a
// job waited for another chain, the path goes on in that chain.
// Returns for each span on the path the times of its own that are on it.
export function criticalPath(roots) {
  const ends = effectiveEnds(roots);
  const path = new Map();
  const followed = new Set();
  const pending = roots.filter((root) => !root.isPassive).map((root) => ({ span: root, end: ends.get(root) }));
  while (pending.length > 0) {
    const { span, end } = pending.pop();
    let cursor = end;
    const children = span.children.filter((child) => !child.isPassive || child.operation === "await")
      .sort((left, right) => (ends.get(left) < ends.get(right) ? 1 : -1));
    for (const child of children) {
      const childEnd = ends.get(child) < cursor ? ends.get(child) : cursor;
      if (child.start >= childEnd) continue;
      const next = child.isPassive ? waitedFor(child) : child;
      // A chain that waits for the one that started it would be gone round in for ever.
      if (!next || (child.isPassive && followed.has(next))) continue;
      if (child.isPassive) followed.add(next);
      own(path, span, childEnd, cursor);
      pending.push({ span: next, end: childEnd });
      cursor = next.start < child.start ? next.start : child.start;
      if (cursor <= span.start) break;
    }
    own(path, span, span.start, cursor);
  }
  return path;
}

// The beginning of the chain whose end ended a wait, as far as it is in the same trace.
function waitedFor(wait) {
  let span = wait.outgoing.find((connection) => connection.type === "resolved_by")?.to;
  if (!span || span.document.traceId !== wait.document.traceId) return null;
  const chain = chainOf(span);
  while (span.parent && chainOf(span.parent) === chain) span = span.parent;
  return span;
}

function own(path, span, start, end) {
  const stop = end < span.end ? end : span.end;
  if (stop <= start) return;
  if (!path.has(span)) path.set(span, []);
  path.get(span).push({ start, end: stop });
}

// Children come after their parents in this order, so one way back sees each before its parent.
function effectiveEnds(roots) {
  const order = [...roots];
  for (let index = 0; index < order.length; index++) for (const child of order[index].children) order.push(child);
  const ends = new Map();
  for (let index = order.length - 1; index >= 0; index--) {
    const span = order[index];
    let end = span.end;
    for (const child of span.children) if (!child.isPassive && ends.get(child) > end) end = ends.get(child);
    ends.set(span, end);
  }
  return ends;
}
"""##,
        "detail.js": ##"""
// Everything about one span.
import { chainOf } from "./chain-model.js";
import { element } from "./dom.js";
import { clock, colour, day, duration, valueText } from "./format.js";

export class DetailPanel {
  constructor({ close }) {
    this.close = close;
    this.container = element("aside", { class: "detail", id: "detail", "aria-label": "Span", hidden: "" });
  }

  show(span, model, logs = new Map()) {
    // Of the span that is shown already, what is read stays in sight.
    const scrolled = span && span.key === this.shown ? this.container.scrollTop : 0;
    this.shown = span?.key ?? null;
    this.container.hidden = !span;
    if (!span) return this.container.replaceChildren();
    const { document } = span;
    this.container.replaceChildren(...[
      element("header", {}, element("h2", {}, document.name || "(no name)"),
        element("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: this.close }, "✕")),
      element("div", { class: `line ${colour(span.service)}` }, element("i", { class: "dot" }), span.service,
        span.kind && element("span", { class: "badge" }, span.kind),
        span.attempt && element("span", { class: "badge" }, `attempt ${span.attempt}`),
        chainOf(span) && element("a", { class: "accent", href: `#/chain/${encodeURIComponent(chainOf(span))}/${document.spanId}` }, "its chain"),
        element("a", { class: "accent", href: `#/trace/${document.traceId}/${document.spanId}` }, "its trace")),
      element("div", { class: "line" }, element("b", {}, duration(span.length)),
        `from ${day(document.startTimeUnixNano)} ${clock(document.startTimeUnixNano)} `
          + `(+${duration(Math.max(0, Number(span.start - model.start)))})`),
      span.isGhost && element("div", { class: "note" },
        "Spans below this one were received, and it wasn't: it hasn't ended yet, or was lost on the way."),
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
      ...records(span, logs.get(span.key) ?? []),
      ...pairs("Resource", document.resource?.attributes),
      ...pairs("Span", facts(document)),
    ].filter(Boolean));
    this.container.scrollTop = scrolled;
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

function records(span, logs) {
  if (logs.length === 0) return [];
  const { traceId, spanId } = span.document;
  return [element("h3", {}, "Logs"), ...logs.slice(0, 100).map(({ time, text, level, log }) => element("div", { class: "event-item" },
    element("b", { class: `severity ${level}` }, log.severityText || level), " ", text, " ",
    element("span", { class: "soft" }, `+${duration(Math.max(0, Number(BigInt(time) - span.start)))}`))),
  element("a", { class: "accent", href: `#/logs/${traceId}/${spanId}` }, "all log records of this span")];
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
  "class", "id", "href", "title", "type", "role", "tabindex", "scope", "d", "cx", "cy", "r", "hidden", "viewBox",
  "preserveAspectRatio", "width", "height", "x", "y", "points", "download", "name", "value", "placeholder", "for", "readonly",
  "spellcheck", "autocomplete", "colspan", "selected", "disabled",
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
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "position") Object.assign(node.style, value);
    else if (key === "href" && !/^(#|\/)/.test(value)) throw new Error("a link may only lead into this page");
    else if (allowedAttributes.has(key) || key.startsWith("aria-")) node.setAttribute(key, value);
    else throw new Error(`the attribute ${key} isn't allowed`);
  }
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

// Shows other children. What had the focus has it again if it is still there, and what was scrolled to stays in sight.
export function redraw(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = container.scrollTop;
  container.replaceChildren(...children);
  container.scrollTop = scrolled;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

let shownFor = null;

// What went wrong stays until the same kind of work has gone well: a list that is read anew takes away no import's problem.
export function show(problem, of = "view") {
  if (!problem && shownFor !== of) return;
  shownFor = problem ? of : null;
  const banner = document.getElementById("problem");
  banner.hidden = !problem;
  banner.textContent = problem ? String(problem.message ?? problem) : "";
}
"""##,
        "early.js": ##"""
// Asks for the trace or the chain that the address names before the modules are there: it takes as long as they do.
{
  const [kind, id] = location.hash.replace(/^#\/?/, "").split("/");
  const paths = { trace: () => `/api/traces/${id.toLowerCase()}/linked`, chain: () => `/api/chains/${encodeURIComponent(decodeURIComponent(id))}` };
  if (id && Object.hasOwn(paths, kind)) {
    try {
      const path = paths[kind]();
      const answer = fetch(path);
      // Whoever takes it says what is wrong.
      answer.catch(() => null);
      globalThis.early = { path, answer };
    } catch { /* An address that isn't well written is dealt with by who reads it. */ }
  }
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
  if (seconds < 3600) return both(seconds, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60 * 48) return both(minutes, 60, "h", "min");
  return both(Math.round(minutes / 60), 24, "d", "h");
}

// A number of small units as large ones and what is left of the small.
function both(count, size, large, small) {
  const rest = count % size;
  return `${Math.floor(count / size)} ${large}${rest > 0 ? ` ${rest} ${small}` : ""}`;
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

// A text as a search takes it, whatever is in it.
export function quoted(text) {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
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

// The same service has the same colour everywhere, and two have the same only if there are more than colours.
const colours = new Map();
const colourCount = 10;

export function colour(service) {
  if (!colours.has(service)) {
    let hash = 7;
    for (const character of service) hash = (hash * 31 + character.codePointAt(0)) % 9973;
    const taken = new Set(colours.values());
    let slot = hash % colourCount;
    for (let step = 0; step < colourCount && taken.has(slot) && taken.size < colourCount; step++) slot = (slot + 1) % colourCount;
    colours.set(service, slot);
  }
  return `c${colours.get(service)}`;
}

export const percent = (fraction) => `${(fraction * 100).toFixed(4)}%`;

// Beyond a second, times are round in the units of a clock.
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map((seconds) => seconds * 1e9);

// Round times on an axis of a length, at most `count` or so.
export function ticks(length, count) {
  const wanted = length / Math.max(2, count);
  const base = wanted > 86400e9 ? 86400e9 : 1;
  const magnitude = base * 10 ** Math.floor(Math.log10(wanted / base));
  const decimal = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= wanted) ?? wanted;
  const step = Math.max(1, wanted > 1e9 && wanted <= 86400e9 ? clockSteps.find((candidate) => candidate >= wanted) : decimal);
  const times = [];
  for (let time = 0; time <= length; time += step) times.push(time);
  return times;
}
"""##,
        "icon.svg": ##"""
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#4f46e5"/><rect x="6" y="8" width="14" height="4" rx="2" fill="#fff"/><rect x="10" y="14" width="16" height="4" rx="2" fill="#a5b4fc"/><rect x="15" y="20" width="9" height="4" rx="2" fill="#fff"/></svg>
"""##,
        "import.js": ##"""
// Reading OTLP JSON that was dropped, pasted or chosen as a file.
import * as api from "./api.js";
import { show } from "./dom.js";

export function acceptImports({ imported }) {
  const file = document.getElementById("file");
  document.getElementById("import").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    await takeFiles(file.files, imported);
    file.value = "";
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const { files } = event.dataTransfer;
    if (files.length > 0) takeFiles(files, imported);
    else take(event.dataTransfer.getData("text"), imported);
  });
  document.addEventListener("paste", (event) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const { files } = event.clipboardData;
    if (files.length > 0) takeFiles(files, imported);
    else take(event.clipboardData.getData("text"), imported);
  });
}

async function takeFiles(files, imported) {
  for (const file of files) await take(await file.text(), imported);
}

async function take(text, imported) {
  if (!text.trim()) return;
  try {
    const requests = await api.importText(text);
    show(null, "import");
    imported(requests);
  } catch (problem) {
    show(problem, "import");
  }
}
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
<script src="early.js"></script>
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="list.css">
<link rel="stylesheet" href="trace.css">
<link rel="stylesheet" href="chain.css">
<link rel="stylesheet" href="panels.css">
<link rel="modulepreload" href="api.js">
<link rel="modulepreload" href="arrows.js">
<link rel="modulepreload" href="axis.js">
<link rel="modulepreload" href="chain-graph.js">
<link rel="modulepreload" href="chain-lanes.js">
<link rel="modulepreload" href="chain-model.js">
<link rel="modulepreload" href="chain-story.js">
<link rel="modulepreload" href="chain-table.js">
<link rel="modulepreload" href="chain.js">
<link rel="modulepreload" href="chains.js">
<link rel="modulepreload" href="checks.js">
<link rel="modulepreload" href="compare-model.js">
<link rel="modulepreload" href="compare.js">
<link rel="modulepreload" href="critical-path.js">
<link rel="modulepreload" href="detail.js">
<link rel="modulepreload" href="dom.js">
<link rel="modulepreload" href="format.js">
<link rel="modulepreload" href="import.js">
<link rel="modulepreload" href="lint.js">
<link rel="modulepreload" href="list.js">
<link rel="modulepreload" href="log-model.js">
<link rel="modulepreload" href="logs.js">
<link rel="modulepreload" href="metrics-model.js">
<link rel="modulepreload" href="metrics.js">
<link rel="modulepreload" href="model.js">
<link rel="modulepreload" href="row.js">
<link rel="modulepreload" href="search-help.js">
<link rel="modulepreload" href="text-forms.js">
<link rel="modulepreload" href="texts.js">
<link rel="modulepreload" href="trace-logs.js">
<link rel="modulepreload" href="trace.js">
<link rel="modulepreload" href="types.js">
<link rel="modulepreload" href="waterfall.js">
<script type="module" src="page.js"></script>
</head>
<body>
<header class="top">
  <a class="brand" href="#/" aria-label="All chains"><span class="mark" aria-hidden="true"></span><b>Queuert</b></a>
  <nav id="nav" aria-label="Views">
    <a href="#/">Chains</a><a href="#/traces">Traces</a><a href="#/types">Types</a><a href="#/metrics">Metrics</a><a
      href="#/logs">Logs</a><a href="#/checks">Checks</a>
  </nav>
  <label class="filter">
    <span class="hidden-label">Search</span>
    <input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="Search: a name, an id, status:error, duration>1s …  ( / )">
  </label>
  <button id="help" type="button" class="quiet" aria-label="How to search" aria-expanded="false">?</button>
  <span id="live" class="live" role="status">connecting</span>
  <button id="import" type="button" class="quiet" title="Read OTLP JSON from a file; dropping or pasting it works too">Import</button>
  <button id="clear" type="button" class="quiet">Delete all</button>
  <input id="file" type="file" accept=".json,.jsonl" multiple hidden>
</header>
<p id="problem" class="problem" role="alert" hidden></p>
<p id="notice" class="notice" role="status" hidden></p>
<section id="search-help" class="search-help" hidden></section>
<main id="main" tabindex="-1"></main>
<noscript><p class="problem">This page needs JavaScript. The data is also at /api/traces.</p></noscript>
</body>
</html>
"""##,
        "lint.js": ##"""
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
.list-head.chain, .trace-row.chain { grid-template-columns: 118px minmax(260px, 2.6fr) 100px minmax(190px, 1.3fr) 50px 150px; }
.trace-row .waits { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; font-size: 12.5px; }
.trace-row .id { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 11px; min-width: 0; }
@media (max-width: 900px) {
  .list-head, .list-head.chain { display: none; }
  .trace-row, .trace-row.chain { grid-template-columns: minmax(0, 1fr) auto auto; gap: 3px 12px; }
  .services, .took-bar, .trace-row .id, .trace-row .count { display: none; }
  .trace-row .root { order: 1; grid-column: span 2; }
  .trace-row .took { order: 2; justify-content: flex-end; }
  .trace-row .when { order: 3; font-size: 12px; }
  .trace-row > :nth-child(n + 3) { order: 4; }
  .trace-row > .took { order: 2; }
  .trace-row .count:has(.badge), .trace-row .badges { display: block; order: 5; text-align: right; }
}
"""##,
        "list.js": ##"""
// The list of traces, which grows at its top as they arrive.
import * as api from "./api.js";
import { element, redraw, show } from "./dom.js";
import { between, colour, counted, duration, when } from "./format.js";

const pageSize = 50;
const mostRows = 2000;
const mostRounds = 10;

export class ListView {
  constructor(main, search) {
    this.main = main;
    this.search = search;
    this.known = new Map();
    this.next = null;
    this.shown = null;
    this.container = element("section", { class: "list", "aria-label": "Traces" });
    main.replaceChildren(this.container);
    document.title = "Traces – Queuert";
  }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const page = await this.read();
      // A slow answer must not replace a later one, nor another view.
      if (turn !== this.turn || !this.container.isConnected) return;
      show(null);
      this.takeFirst(page);
      this.draw();
    } catch (problem) {
      if (turn === this.turn && this.container.isConnected) show(problem);
    }
  }

  // A search for something rare answers before it has looked at everything, so it is asked to go on for a while.
  async read(before) {
    const { search } = this;
    const page = await api.traces({ search, limit: pageSize, before });
    for (let round = 0; search && page.next && page.traces.length < pageSize && round < mostRounds && search === this.search; round++) {
      const further = await api.traces({ search, limit: pageSize, before: page.next });
      page.traces.push(...further.traces);
      page.next = further.next;
    }
    return page;
  }

  setSearch(search) {
    if (search === this.search) return;
    this.search = search;
    this.known.clear();
    this.refresh();
  }

  // The newest page is read again and again, those after it once. What was known and is missing where the page reaches was
  // deleted, or isn't found any more.
  takeFirst(page) {
    // So much was new that nothing of it was known: what lies between is read when it is asked for.
    if (!page.traces.some(({ traceId }) => this.known.has(traceId))) this.known.clear();
    const last = page.next ? page.traces.at(-1) : null;
    for (const [id, trace] of this.known) if (!last || isBefore(trace, last)) this.known.delete(id);
    if (this.known.size === 0) this.next = page.next;
    for (const trace of page.traces) this.known.set(trace.traceId, trace);
    if (this.known.size <= mostRows) return;
    this.known = new Map(this.traces.map((trace) => [trace.traceId, trace]));
    // It leads to what comes after those that were forgotten.
    this.next = null;
  }

  async more() {
    const { search } = this;
    try {
      const page = await this.read(this.next);
      if (search !== this.search) return;
      for (const trace of page.traces) this.known.set(trace.traceId, trace);
      this.next = page.next;
      this.draw();
    } catch (problem) {
      show(problem);
    }
  }

  get traces() { return [...this.known.values()].sort((left, right) => (isBefore(left, right) ? -1 : 1)).slice(0, mostRows); }

  draw() {
    const { traces, next } = this;
    this.container.setAttribute("aria-label", this.search ? `Traces that match ${this.search}` : "Traces");
    const key = JSON.stringify([traces, next]);
    if (key === this.shown) return;
    this.shown = key;
    if (traces.length === 0 && !next) return this.container.replaceChildren(this.empty());
    const longest = Math.max(1, ...traces.map((trace) => between(trace.startTimeUnixNano, trace.endTimeUnixNano)));
    const rows = element("ul", { class: "rows", id: "traces" }, traces.map((trace) => element("li", {}, row(trace, longest))));
    const head = element("div", { class: "list-head", "aria-hidden": "true" },
      ["Started", "Root span", "Services", "Duration"].map((text) => element("span", {}, text)),
      element("span", { class: "count" }, "Spans"), element("span"));
    redraw(this.container, head, rows, ...(next && traces.length < mostRows
      ? [element("button", { class: "more", id: "more", type: "button", onclick: () => this.more() }, this.search ? "Search further back" : "Show more")] : []));
  }

  empty() {
    if (this.search) {
      return element("div", { class: "empty" }, element("h1", {}, "No trace matches"),
        element("p", {}, "A word is looked for in span names, services and ids; the ? beside the search tells what else can be asked."));
    }
    return welcome();
  }
}

// The order of the list: newest first.
function isBefore(left, right) {
  const [a, b] = [BigInt(left.startTimeUnixNano), BigInt(right.startTimeUnixNano)];
  return a > b || (a === b && left.traceId > right.traceId);
}

export function welcome() {
  return element("div", { class: "empty" }, element("h1", {}, "No traces yet"),
    element("p", {}, "Point a program at this collector; its traces appear here as they arrive."),
    element("pre", {}, `OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`),
    element("p", {}, "Or drop a file with OTLP JSON here."));
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
        "log-model.js": ##"""
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
"""##,
        "logs.js": ##"""
// Log records, newest first, each with the way to its span.
import * as api from "./api.js";
import { element, show } from "./dom.js";
import { colour, valueText, when } from "./format.js";
import { logLevel, logText } from "./log-model.js";

export class LogsView {
  constructor(main, [traceID, spanID]) {
    this.traceID = traceID ?? "";
    this.spanID = spanID ?? "";
    this.text = "";
    this.input = element("input", { type: "search", id: "log-search", placeholder: "Text", "aria-label": "Text of the log records", spellcheck: "false",
      oninput: () => { this.text = this.input.value.trim(); this.refresh(); } });
    this.level = element("select", { id: "log-level", "aria-label": "Lowest severity", onchange: () => this.refresh() },
      [["0", "all severities"], ["9", "info and above"], ["13", "warnings and above"], ["17", "errors"]].map(([value, text]) => element("option", { value }, text)));
    this.list = element("section", { class: "panel", id: "logs" });
    main.replaceChildren(element("div", { class: "view" },
      element("header", {}, element("h1", {}, "Logs"), this.traceID && element("p", {}, `of ${this.spanID ? "a span of " : ""}trace `,
        element("a", { class: "accent mono", href: `#/trace/${this.traceID}${this.spanID ? `/${this.spanID}` : ""}` }, this.traceID))),
      element("div", { class: "fields" }, this.input, this.level), this.list));
    document.title = "Logs – Queuert";
  }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const { logs } = await api.logs({ trace: this.traceID, span: this.spanID, q: this.text, severity: this.level.value === "0" ? "" : this.level.value, limit: "200" });
      if (turn !== this.turn || !this.list.isConnected) return;
      show(null);
      this.list.replaceChildren(...(logs.length === 0
        ? [element("p", { class: "soft good-news" }, "No log record matches.")] : logs.map(logRow)));
    } catch (problem) {
      if (turn === this.turn && this.list.isConnected) show(problem);
    }
  }
}

function logRow(log) {
  const level = logLevel(log);
  return element("div", { class: "log-row" },
    element("span", { class: "when" }, when(log.timeUnixNano ?? log.observedTimeUnixNano ?? 0)),
    element("span", { class: `severity ${level}` }, log.severityText || level),
    element("span", { class: `soft ${colour(serviceOf(log))}` }, element("i", { class: "dot" }), ` ${serviceOf(log)}`),
    element("span", { class: "body" }, logText(log), " ",
      (log.attributes ?? []).slice(0, 12).map((pair) => element("span", { class: "mono soft" }, `${pair.key}=${valueText(pair.value)} `))),
    log.traceId ? element("a", { href: `#/trace/${log.traceId}${log.spanId ? `/${log.spanId}` : ""}` }, "its span") : element("span"));
}

const serviceOf = (log) => valueText((log.resource?.attributes ?? []).find(({ key }) => key === "service.name")?.value) || "unknown_service";
"""##,
        "metrics-model.js": ##"""
// The points of metrics in numbers: what a chart draws of each kind.
import { valueText } from "./format.js";

export const numberOf = (point) => (point.asInt !== undefined ? Number(point.asInt) : Number(point.asDouble ?? 0));

// What has no time has none in JSON either.
export const timeOf = (point) => point.timeUnixNano ?? "0";

export function labelOf(series) {
  const pairs = (series.attributes ?? []).map(({ key, value }) => `${key}=${valueText(value)}`);
  return pairs.join("  ") || "(no attributes)";
}

// The buckets of a histogram's point: up to where each goes, and how many values are in it.
export function buckets(point) {
  if (point.explicitBounds || point.bucketCounts) {
    const bounds = (point.explicitBounds ?? []).map(Number);
    return (point.bucketCounts ?? []).map((count, index) => ({ to: bounds[index] ?? Infinity, count: Number(count) }));
  }
  const base = 2 ** (2 ** -(point.scale ?? 0));
  const side = (part, sign) => (part?.bucketCounts ?? []).map((count, index) => ({
    to: sign * base ** ((part.offset ?? 0) + index + (sign > 0 ? 1 : 0)), count: Number(count),
  }));
  const zero = Number(point.zeroCount ?? 0);
  return [...side(point.negative, -1).reverse(), ...(zero > 0 ? [{ to: 0, count: zero }] : []), ...side(point.positive, 1)];
}

// Where a share of the values lies below, as exactly as buckets tell.
export function quantile(list, share) {
  const whole = list.reduce((sum, bucket) => sum + bucket.count, 0);
  if (whole === 0) return null;
  let seen = 0;
  let from = 0;
  for (const { to, count } of list) {
    if (count > 0 && seen + count >= share * whole) {
      return to === Infinity ? from : from + (to - from) * ((share * whole - seen) / count);
    }
    seen += count;
    if (to !== Infinity) from = to;
  }
  return from;
}

export const exemplarsOf = (series) => series.points.flatMap((point) => point.exemplars ?? []).filter((exemplar) => exemplar.traceId && exemplar.spanId);

// A number with its unit, as UCUM names it.
export function measured(number, unit) {
  if (number === null || Number.isNaN(number)) return "–";
  if (unit === "s") {
    const size = Math.abs(number);
    if (size < 1e-3) return `${digits(number * 1e6)} µs`;
    if (size < 1) return `${digits(number * 1e3)} ms`;
    return `${digits(number)} s`;
  }
  const word = unit?.startsWith("{") ? unit.slice(1, -1) : unit === "1" ? "" : unit ?? "";
  return `${digits(number)}${word ? ` ${word}` : ""}`;
}

function digits(number) {
  const size = Math.abs(number);
  return Number(number.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)).toLocaleString("en");
}
"""##,
        "metrics.js": ##"""
// Metrics: which there are, and the points of one, with exemplars that lead to the spans that were measured.
import * as api from "./api.js";
import { element, show, svgElement } from "./dom.js";
import { clock, counted, percent } from "./format.js";
import { buckets, exemplarsOf, labelOf, measured, numberOf, quantile, timeOf } from "./metrics-model.js";

const mostSeries = 50;
const kindWords = new Map([["exponentialHistogram", "histogram"], ["sum", "count"]]);

// Several services measure the same: the view of a metric has those of all.
function byName(metrics) {
  const names = new Map();
  for (const metric of metrics) {
    if (!names.has(metric.name)) names.set(metric.name, { metric, services: [] });
    names.get(metric.name).services.push(metric.service);
  }
  return [...names.values()];
}

export class MetricsView {
  constructor(main) {
    this.container = element("div", { class: "view" });
    main.replaceChildren(this.container);
    document.title = "Metrics – Queuert";
  }

  async refresh() {
    try {
      const { metrics } = await api.metrics();
      if (!this.container.isConnected) return;
      show(null);
      const key = JSON.stringify(metrics);
      if (key === this.shown) return;
      this.shown = key;
      this.container.replaceChildren(element("header", {}, element("h1", {}, "Metrics")),
        metrics.length === 0
          ? element("p", { class: "soft" }, "None has been received.")
          : element("section", { class: "panel metric-list", id: "metrics" }, byName(metrics).map(({ metric, services }) =>
            element("a", { href: `#/metric/${encodeURIComponent(metric.name)}` }, element("b", {}, metric.name),
              element("span", { class: "soft", title: services.join(", ") },
                services.length > 2 ? counted(services.length, "service") : services.join(", ")),
              element("span", { class: "soft" }, kindWords.get(metric.kind) ?? metric.kind),
              element("span", { class: "soft" }, metric.description ?? "")))));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }
}

export class MetricView {
  constructor(main, name) {
    this.name = name;
    this.container = element("div", { class: "view" });
    main.replaceChildren(this.container);
    document.title = `${name} – Queuert`;
  }

  async refresh() {
    try {
      const { metrics } = await api.metric(this.name);
      if (!this.container.isConnected) return;
      show(null);
      this.container.replaceChildren(
        element("header", {}, element("a", { class: "back", href: "#/metrics" }, "← All metrics"), element("h1", {}, this.name),
          element("p", {}, metrics[0]?.description ?? "")),
        ...metrics.flatMap((metric) => metric.series.slice(0, mostSeries).map((series) => seriesPanel(metric, series))));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }
}

function seriesPanel(metric, series) {
  const points = [...series.points].sort((left, right) => (BigInt(timeOf(left)) < BigInt(timeOf(right)) ? -1 : 1));
  const ordered = { ...series, points };
  return element("section", { class: "panel series" }, element("h2", {}, metric.service, " ", element("span", { class: "soft mono" }, labelOf(ordered))),
    element("div", { class: "chart" }, chart(metric, points), exemplars(metric, ordered)));
}

function chart(metric, points) {
  if (metric.kind === "summary") return summary(metric, points.at(-1));
  return /histogram/i.test(metric.kind) ? histogram(metric, points.at(-1)) : line(metric, points);
}

function line(metric, points) {
  const values = points.map(numberOf);
  const [least, most] = [Math.min(0, ...values), Math.max(...values, 0)];
  const microseconds = (point) => Number(BigInt(timeOf(point)) / 1000n);
  const [from, to] = [points[0], points.at(-1)].map(microseconds);
  const x = (point) => (to > from ? ((microseconds(point) - from) / (to - from)) * 1000 : 500);
  const y = (value) => 116 - ((value - least) / Math.max(1e-12, most - least)) * 108;
  const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point).toFixed(1)},${y(values[index]).toFixed(1)}`).join(" ");
  return [
    element("div", { class: "scale" }, element("span", {}, measured(most, metric.unit)), element("b", {}, `now ${measured(values.at(-1), metric.unit)}`)),
    svgElement("svg", { class: "spark", viewBox: "0 0 1000 120", preserveAspectRatio: "none", role: "img", "aria-label": `${metric.name} over time` },
      svgElement("path", { class: "area", d: `${path} L${x(points.at(-1))},${y(0)} L${x(points[0])},${y(0)} Z` }), svgElement("path", { d: path })),
    element("div", { class: "scale" }, element("span", {}, clock(timeOf(points[0]))), element("span", {}, clock(timeOf(points.at(-1))))),
  ];
}

function histogram(metric, point) {
  const list = buckets(point);
  const most = Math.max(1, ...list.map((bucket) => bucket.count));
  // Where a bucket's values lie is a guess, but not outside of what was measured.
  const below = (share) => measured(Math.min(point.max ?? Infinity, Math.max(point.min ?? -Infinity, quantile(list, share) ?? NaN)), metric.unit);
  const [first, last] = [list.findIndex((bucket) => bucket.count > 0), list.findLastIndex((bucket) => bucket.count > 0)];
  const shown = list.slice(Math.max(0, first - 1), last + 2);
  return [
    element("div", { class: "scale" }, element("span", {}, `${counted(Number(point.count ?? 0), "value")}, median ${below(0.5)}, `
      + `95 % below ${below(0.95)}`), element("span", {}, clock(timeOf(point)))),
    element("div", { class: "histogram", role: "img", "aria-label": "Distribution" }, shown.map((bucket) =>
      element("i", { position: { height: percent(bucket.count / most) }, title: `up to ${measured(bucket.to, metric.unit)}: ${bucket.count}` }))),
    element("div", { class: "histogram-labels", "aria-hidden": "true" }, shown.map((bucket) =>
      element("span", {}, bucket.to === Infinity ? "∞" : measured(bucket.to, metric.unit)))),
  ];
}

// Of a summary, only what its sender reckoned is known.
function summary(metric, point) {
  const quantiles = (point.quantileValues ?? []).map(({ quantile: share, value }) =>
    `${Number((Number(share ?? 0) * 100).toFixed(4))} % below ${measured(Number(value ?? 0), metric.unit)}`);
  const parts = [counted(Number(point.count ?? 0), "value"), `sum ${measured(Number(point.sum ?? 0), metric.unit)}`, ...quantiles];
  return element("div", { class: "scale" }, element("span", {}, parts.join(", ")), element("span", {}, clock(timeOf(point))));
}

// The newest first, and the greatest of them, which are those that people look for.
function exemplars(metric, series) {
  const list = exemplarsOf(series).sort((left, right) => numberOf(right) - numberOf(left)).slice(0, 12);
  if (list.length === 0) return null;
  return element("div", { class: "exemplars" }, "Measured spans:", list.map((exemplar) =>
    element("a", { href: `#/trace/${exemplar.traceId}/${exemplar.spanId}`, title: clock(timeOf(exemplar)) }, measured(numberOf(exemplar), metric.unit))));
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
  --good-soft: #e2f5ec; --accent-ink: #ffffff; --lost: #2b2f3a; --lost-ink: #ffd7de; --error-fill: #d43f5a;
  --k-run: #1f9d6b; --k-queue: #9cc9ee; --k-backoff: #f2b950; --k-blocked: #c3b1ee; --k-blocked-line: #8265cf;
  --k-schedule: #c5cddb; --k-other: #e4e7ed; --k-wait-ink: #24304a;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f131b; --panel: #161b26; --line: #283041; --line-soft: #1f2633;
    --ink: #e6e9f0; --ink-soft: #a0a9bb; --ink-faint: #8690a4;
    --accent: #8b8cff; --accent-soft: #23264a; --error: #ff7088; --error-soft: #3a1a24;
    --good: #46c78b; --good-soft: #12352a; --accent-ink: #12142b; --shadow: none;
    --lost: #05070c; --lost-ink: #ff8ea2; --error-fill: #e0526b;
    --k-run: #2aa877; --k-queue: #4a86b8; --k-backoff: #b9832a; --k-blocked: #6c57a8; --k-blocked-line: #a48be6;
    --k-schedule: #4d5870; --k-other: #2a3242; --k-wait-ink: #f3f5fa;
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
.button { display: inline-block; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; white-space: nowrap; }
.button:hover, button:hover { border-color: var(--accent); }
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
  vertical-align: middle;
}
.badge.error { background: var(--error-soft); color: var(--error); font-weight: 600; }
.badge.link { background: var(--accent-soft); color: var(--accent); }
.mono { font-family: var(--mono); font-size: 12px; }
.soft { color: var(--ink-soft); }
"""##,
        "page.js": ##"""
// Which view is shown, and what keeps it up to date.
import * as api from "./api.js";
import { ChainView } from "./chain.js";
import { ChainsView } from "./chains.js";
import { ChecksView } from "./checks.js";
import { CompareView } from "./compare.js";
import { show } from "./dom.js";
import { counted } from "./format.js";
import { acceptImports } from "./import.js";
import { ListView } from "./list.js";
import { LogsView } from "./logs.js";
import { MetricsView, MetricView } from "./metrics.js";
import { drawHelp } from "./search-help.js";
import { TraceView } from "./trace.js";
import { TypesView } from "./types.js";

const main = document.getElementById("main");
const filter = document.getElementById("filter");
const live = document.getElementById("live");
const help = document.getElementById("help");
const helpPanel = document.getElementById("search-help");
let view = null;

// The address of a view names it and what it shows, so that it can be kept and sent.
function route() {
  const [kind, ...parts] = location.hash.replace(/^#\/?/, "").split("/").map(decode);
  document.getElementById("clear").hidden = kind === "trace" || kind === "chain";
  for (const link of document.querySelectorAll("#nav a")) {
    const isCurrent = link.getAttribute("href") === `#/${kind === "search" ? "traces" : kind === "metric" ? "metrics" : kind}`;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (kind === "trace" && parts[0]) return openTrace(parts[0].toLowerCase(), (parts[1] ?? "").toLowerCase() || null);
  if (kind === "chain" && parts[0]) return openChain(parts[0], (parts[1] ?? "").toLowerCase() || null);
  if (kind === "search") return openList(parts.join("/"));
  const views = {
    traces: () => new ListView(main, ""), types: () => new TypesView(main), metrics: () => new MetricsView(main),
    metric: () => new MetricView(main, parts[0] ?? ""), logs: () => new LogsView(main, parts), checks: () => new ChecksView(main),
    compare: () => new CompareView(main, parts[0] ?? "", parts[1] ?? ""),
  };
  filter.value = "";
  view = (views[kind] ?? (() => new ChainsView(main)))();
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

function openChain(chainID, spanID) {
  if (view instanceof ChainView && view.chainID === chainID) return view.setTarget(spanID);
  view = new ChainView(main, chainID, spanID);
  view.refresh();
}

function openList(search) {
  if (document.activeElement !== filter) filter.value = search;
  if (view instanceof ListView) return view.setSearch(search);
  view = new ListView(main, search);
  view.refresh();
}

function search(text) {
  const hash = text ? `#/search/${encodeURIComponent(text)}` : "#/traces";
  if (location.hash === hash) return;
  // Each letter isn't a way to go back through.
  if (view instanceof ListView) { history.replaceState(null, "", hash); route(); } else location.hash = hash;
}

let pause = null;
filter.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(() => search(filter.value.trim()), 120);
});

help.addEventListener("click", () => {
  helpPanel.hidden = !helpPanel.hidden;
  help.setAttribute("aria-expanded", String(!helpPanel.hidden));
  drawHelp(helpPanel, (example) => { filter.value = example; search(example); });
});

acceptImports({
  imported: ({ spans = 0, logs = 0, points = 0, rejected = 0 }) => {
    const notice = document.getElementById("notice");
    notice.textContent = `Imported ${counted(spans, "span")}, ${counted(logs, "log record")} and ${counted(points, "data point")}.`
      + (rejected > 0 ? ` ${counted(rejected, "item")} could not be taken.` : "");
    notice.hidden = false;
    setTimeout(() => { notice.hidden = true; }, 6000);
    view?.refresh();
  },
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

window.addEventListener("hashchange", () => {
  show(null, "import");
  route();
});
route();
// Where much arrives, a view is read anew no sooner than in three times the time that reading it took.
let isReading = false;
let isDue = false;
async function refresh() {
  isDue = isReading;
  if (isReading || !view) return;
  isReading = true;
  const start = performance.now();
  await view.refresh();
  setTimeout(() => { isReading = false; if (isDue) refresh(); }, Math.min(5000, 3 * (performance.now() - start)));
}

api.follow({
  changed: refresh,
  state: (isOpen) => {
    live.classList.toggle("open", isOpen);
    live.textContent = isOpen ? "live" : "reconnecting";
  },
});
"""##,
        "panels.css": ##"""
/* Views that are mostly tables: types, metrics, logs, checks, and two traces side by side. */
nav { display: flex; gap: 2px; }
nav a { padding: 5px 10px; border-radius: 7px; color: var(--ink-soft); white-space: nowrap; }
nav a:hover { background: var(--line-soft); color: var(--ink); }
nav a[aria-current=page] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
.notice { margin: 12px 20px 0; padding: 9px 14px; background: var(--good-soft); color: var(--good); border-radius: 8px; }
.search-help { margin: 10px 20px 0; padding: 12px 16px; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.search-help p { margin: 0 0 8px; color: var(--ink-soft); }
.search-help dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 14px; margin: 0; align-items: center; }
.search-help dt button { font-family: var(--mono); font-size: 12px; }
.search-help dd { margin: 0; color: var(--ink-soft); }
.view { flex: 1; overflow: auto; padding: 16px 20px 40px; display: flex; flex-direction: column; gap: 16px; }
.view h1 { font-size: 17px; font-weight: 650; margin: 0; }
.view > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 14px; }
.view > header p { margin: 0; color: var(--ink-soft); }
.finding { display: grid; grid-template-columns: auto 1fr auto; gap: 4px 12px; align-items: baseline; padding: 8px 16px; border-top: 1px solid var(--line-soft); }
.finding a { color: var(--accent); white-space: nowrap; }
.finding .soft { overflow-wrap: anywhere; }
.good-news { padding: 12px 16px; color: var(--good); }
.spark { width: 100%; height: 120px; display: block; }
.spark path { fill: none; stroke: var(--c0); stroke-width: 1.75; vector-effect: non-scaling-stroke; }
.spark path.area { fill: var(--c0); stroke: none; opacity: .12; }
.spark line { stroke: var(--line); vector-effect: non-scaling-stroke; }
.chart { position: relative; padding: 0 16px 12px; }
.chart .scale { display: flex; justify-content: space-between; font-size: 11px; color: var(--ink-faint); font-variant-numeric: tabular-nums; }
.histogram { display: flex; align-items: flex-end; gap: 2px; height: 120px; border-bottom: 1px solid var(--line); }
.histogram i { flex: 1; background: var(--c0); border-radius: 2px 2px 0 0; min-height: 1px; opacity: .85; }
.histogram-labels { display: flex; gap: 2px; font-size: 10px; color: var(--ink-faint); }
.histogram-labels span { flex: 1; text-align: right; overflow: hidden; transform: translateX(50%); white-space: nowrap; }
.histogram-labels span:last-child { transform: none; }
.exemplars { display: flex; flex-wrap: wrap; gap: 6px; padding: 8px 0 0; align-items: center; font-size: 12px; color: var(--ink-soft); }
.exemplars a { color: var(--accent); background: var(--accent-soft); border-radius: 8px; padding: 1px 8px; font-variant-numeric: tabular-nums; }
.metric-list a { display: grid; grid-template-columns: minmax(240px, 2fr) minmax(90px, 1fr) minmax(60px, .7fr) 3fr; gap: 12px; padding: 8px 16px; border-top: 1px solid var(--line-soft); align-items: baseline; }
.metric-list a:hover { background: var(--accent-soft); }
.log-row { display: grid; grid-template-columns: 110px 62px minmax(90px, 140px) minmax(0, 1fr) auto; gap: 12px; padding: 6px 16px; border-top: 1px solid var(--line-soft); align-items: baseline; }
.log-row a { color: var(--accent); white-space: nowrap; }
.log-row .body { overflow-wrap: anywhere; }
.severity { font-size: 11px; font-weight: 600; color: var(--ink-soft); text-transform: uppercase; }
.severity.warning { color: var(--c2); } .severity.error { color: var(--error); }
.fields { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.fields input { font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 5px 10px; width: min(380px, 80vw); }
.delta { font-variant-numeric: tabular-nums; }
.delta.slower { color: var(--error); } .delta.faster { color: var(--good); }
tr.only-left td { background: color-mix(in srgb, var(--error-soft) 60%, transparent); } tr.only-right td { background: color-mix(in srgb, var(--good-soft) 60%, transparent); }
td .indent { display: inline-block; }
.tabs { margin: 0 0 10px; }
.tabs button[aria-pressed=true] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
@media (max-width: 900px) {
  .metric-list a, .log-row { grid-template-columns: 1fr auto; }
}
@media (max-width: 700px) {
  .top { flex-wrap: wrap; gap: 8px 10px; padding: 8px 12px; }
  .filter { order: 5; flex-basis: 100%; margin: 0; max-width: none; }
  #help, #clear, #import { display: none; }
  nav { order: 4; flex-basis: 100%; overflow-x: auto; }
  nav a { padding: 4px 8px; }
  .search-help dl { grid-template-columns: 1fr; }
  .list, .view { padding: 12px 10px 32px; }
  body { height: auto; min-height: 100%; }
  main, .chain-body, .list, .view { overflow: visible; }
  .split:has(.chain-body) { display: block; }
  .split:has(.chain-body) .detail { position: fixed; inset: auto 0 0; z-index: 5; box-shadow: 0 -6px 24px rgb(0 0 0 / 25%); }
  main:has(.waterfall) { height: 78vh; }
}
button.sort { padding: 0; font-size: 12px; border: 0; } .panel-tabs { padding: 0 16px 4px; } [aria-sort] .sort { color: var(--accent); font-weight: 600; }
.fields select { font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 5px 8px; }
.kept { color: var(--ink-soft); padding-top: 10px !important; }
"""##,
        "registry.json": ##"""
{"attributes":{"error.type":{"kind":"string"},
"exception.message":{"kind":"string"},
"exception.type":{"kind":"string"},
"messaging.batch.message_count":{"kind":"int"},
"messaging.client.id":{"kind":"string"},
"messaging.destination.name":{"kind":"string"},
"messaging.message.body.size":{"kind":"int"},
"messaging.message.conversation_id":{"kind":"string"},
"messaging.message.id":{"kind":"string"},
"messaging.operation.name":{"kind":"string","values":["start","schedule","create","continue","process","prepare","complete","wait"]},
"messaging.operation.type":{"kind":"string","values":["create","send","process","settle"]},
"messaging.system":{"kind":"string","values":["queuert"]},
"otel.component.name":{"kind":"string"},
"otel.component.type":{"kind":"string"},
"otel.span.parent.origin":{"kind":"string","values":["none","local","remote"]},
"otel.span.sampling_result":{"kind":"string","values":["DROP","RECORD_AND_SAMPLE"]},
"queuert.attempt.result":{"kind":"string","values":["completed","failed","rescheduled","lost","cancelled","superseded"]},
"queuert.batch.size":{"kind":"int"},
"queuert.blocker.chain.id":{"kind":"string"},
"queuert.blocker.chain.ids":{"kind":"strings"},
"queuert.blocker.chain.type":{"kind":"string"},
"queuert.blocker.count":{"kind":"int"},
"queuert.blocker.index":{"kind":"int"},
"queuert.chain.deduplicated":{"kind":"boolean"},
"queuert.chain.id":{"kind":"string"},
"queuert.chain.index":{"kind":"int"},
"queuert.chain.jobs":{"kind":"int"},
"queuert.chain.segment":{"kind":"int"},
"queuert.chain.type":{"kind":"string"},
"queuert.clock_skew":{"kind":"boolean"},
"queuert.continued_with.job_id":{"kind":"string"},
"queuert.continued_with.job_type":{"kind":"string"},
"queuert.database.work":{"kind":"string","values":["claim","settle","renew","reap","release"]},
"queuert.job.attempt":{"kind":"int"},
"queuert.job.blockers.dropped_links":{"kind":"int"},
"queuert.job.id":{"kind":"string"},
"queuert.job.max_attempts":{"kind":"int"},
"queuert.job.scheduled_at":{"kind":"string"},
"queuert.job.state":{"kind":"string","values":["ready","scheduled","blocked","running","failed"]},
"queuert.job.type":{"kind":"string"},
"queuert.job.wait.backoff_s":{"kind":"double"},
"queuert.job.wait.blocked_s":{"kind":"double"},
"queuert.job.wait.queue_s":{"kind":"double"},
"queuert.job.wait.schedule_s":{"kind":"double"},
"queuert.link.type":{"kind":"string","values":["creation","retry_of","chain","origin","blocker","batch","existing_chain","resolved_by","completed_by"]},
"queuert.outage.duration_s":{"kind":"double"},
"queuert.outage.failures":{"kind":"int"},
"queuert.rescheduled_after_ms":{"kind":"int"},
"queuert.rescheduled_at":{"kind":"string"},
"queuert.trace.mode":{"kind":"string","values":["bounded","single","linked"]},
"queuert.transaction.outcome":{"kind":"string","values":["rolled_back"]},
"queuert.wait.type":{"kind":"string","values":["blocked","schedule","backoff","queue"]},
"queuert.worker.id":{"kind":"string"},
"queuert.worker.name":{"kind":"string"},
"server.address":{"kind":"string"},
"server.port":{"kind":"int"}},
"events":[{"attributes":{"exception.message":"conditional","exception.type":"required"},
"name":"exception"},
{"attributes":{"exception.message":"conditional","exception.type":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"messaging.process.exception","severity":"error"},
{"attributes":{"exception.message":"conditional","exception.type":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"messaging.settle.exception","severity":"warning"},
{"attributes":{"exception.message":"conditional","exception.type":"required","messaging.system":"required","queuert.chain.id":"conditional","queuert.chain.type":"conditional","queuert.job.id":"conditional","queuert.job.type":"conditional"},
"name":"messaging.send.exception","severity":"warning"},
{"attributes":{"error.type":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required","queuert.rescheduled_at":"conditional"},
"name":"queuert.job.attempt.failed","severity":"warning"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required","queuert.rescheduled_at":"conditional"},
"name":"queuert.job.attempt.rescheduled","severity":"info"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"queuert.job.attempt.superseded","severity":"notice"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"queuert.job.attempt.lease_lost","severity":"warning"},
{"attributes":{"error.type":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required","queuert.rescheduled_at":"conditional"},
"name":"queuert.job.reaped","severity":"warning"},
{"attributes":{"error.type":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.attempt":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"queuert.job.failed","severity":"error"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"queuert.job.triggered","severity":"info"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"queuert.job.redriven","severity":"info"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.type":"required"},
"name":"queuert.chain.deduplicated","severity":"debug"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required"},
"name":"queuert.chain.cancelled","severity":"notice"},
{"attributes":{"messaging.system":"required","queuert.chain.id":"required","queuert.chain.type":"required"},
"name":"queuert.chain.deleted","severity":"info"},
{"attributes":{"messaging.system":"required","queuert.worker.id":"required","queuert.worker.name":"required"},
"name":"queuert.worker.started","severity":"info"},
{"attributes":{"messaging.system":"required","queuert.worker.id":"required","queuert.worker.name":"required"},
"name":"queuert.worker.stopping","severity":"info"},
{"attributes":{"messaging.system":"required","queuert.worker.id":"required","queuert.worker.name":"required"},
"name":"queuert.worker.stopped","severity":"info"},
{"attributes":{"error.type":"required","messaging.system":"required","queuert.worker.id":"required"},
"name":"queuert.outage.began","severity":"error"},
{"attributes":{"messaging.system":"required","queuert.outage.duration_s":"required","queuert.outage.failures":"required","queuert.worker.id":"required"},
"name":"queuert.outage.ended","severity":"notice"},
{"attributes":{"messaging.system":"required","queuert.job.type":"required"},
"name":"queuert.job_type.paused","severity":"notice"},
{"attributes":{"messaging.system":"required","queuert.job.type":"required"},
"name":"queuert.job_type.resumed","severity":"notice"}],"metrics":[{"attributes":{"messaging.destination.name":"conditional","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","server.address":"conditional","server.port":"conditional"},
"kind":"counter","name":"messaging.client.sent.messages","unit":"{message}"},
{"attributes":{"messaging.destination.name":"conditional","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","server.address":"conditional","server.port":"conditional"},
"kind":"counter","name":"messaging.client.consumed.messages","unit":"{message}"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"conditional","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","server.address":"conditional","server.port":"conditional"},
"kind":"histogram","name":"messaging.client.operation.duration","unit":"s"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"conditional","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","server.address":"conditional","server.port":"conditional"},
"kind":"histogram","name":"messaging.process.duration","unit":"s"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.created","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.completed","unit":"{job}"},
{"attributes":{"error.type":"required","queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.failed","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.retries","unit":"{attempt}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.reaped","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.blocked","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.unblocked","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.triggered","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.redriven","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"histogram","name":"queuert.job.duration","unit":"s"},
{"attributes":{"queuert.job.type":"required","queuert.wait.type":"required"},
"kind":"histogram","name":"queuert.job.wait.duration","unit":"s"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.started","unit":"{attempt}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.completed","unit":"{attempt}"},
{"attributes":{"error.type":"required","queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.failed","unit":"{attempt}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.lease_expired","unit":"{attempt}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.lease_renewed","unit":"{attempt}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.taken_by_another_worker","unit":"{attempt}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"counter","name":"queuert.job.attempt.already_completed","unit":"{attempt}"},
{"attributes":{"queuert.attempt.result":"required","queuert.job.type":"required"},
"kind":"histogram","name":"queuert.job.attempt.duration","unit":"s"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"counter","name":"queuert.chain.created","unit":"{chain}"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"counter","name":"queuert.chain.deduplicated","unit":"{chain}"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"counter","name":"queuert.chain.completed","unit":"{chain}"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"counter","name":"queuert.chain.cancelled","unit":"{chain}"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"counter","name":"queuert.chain.deleted","unit":"{chain}"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"histogram","name":"queuert.chain.duration","unit":"s"},
{"attributes":{"queuert.chain.type":"required"},
"kind":"histogram","name":"queuert.chain.jobs","unit":"{job}"},
{"attributes":{"queuert.worker.name":"required"},
"kind":"counter","name":"queuert.worker.started","unit":"{worker}"},
{"attributes":{"queuert.worker.name":"required"},
"kind":"counter","name":"queuert.worker.stopping","unit":"{worker}"},
{"attributes":{"queuert.worker.name":"required"},
"kind":"counter","name":"queuert.worker.stopped","unit":"{worker}"},
{"attributes":{"error.type":"required"},
"kind":"counter","name":"queuert.worker.error","unit":"{error}"},
{"attributes":{"error.type":"required","queuert.database.work":"required"},
"kind":"counter","name":"queuert.state_adapter.error","unit":"{error}"},
{"attributes":{"error.type":"required"},
"kind":"counter","name":"queuert.notify_adapter.error","unit":"{error}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"up-down counter","name":"queuert.job_type.processing","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"up-down counter","name":"queuert.job_type.idle","unit":"{worker}"},
{"attributes":{"queuert.job.state":"required","queuert.job.type":"required"},
"kind":"gauge","name":"queuert.jobs","unit":"{job}"},
{"attributes":{"queuert.job.type":"required"},
"kind":"gauge","name":"queuert.jobs.oldest.age","unit":"s"},
{"attributes":{"queuert.job.type":"required"},
"kind":"gauge","name":"queuert.jobs.stuck","unit":"{job}"},
{"attributes":{},
"kind":"counter","name":"queuert.otel.outbox.kept","unit":"{item}"},
{"attributes":{"error.type":"conditional"},
"kind":"counter","name":"queuert.otel.outbox.sent","unit":"{item}"},
{"attributes":{"error.type":"required"},
"kind":"counter","name":"queuert.otel.outbox.dropped","unit":"{item}"},
{"attributes":{},
"kind":"up-down counter","name":"queuert.otel.outbox.items","unit":"{item}"},
{"attributes":{},
"kind":"up-down counter","name":"queuert.otel.outbox.size","unit":"By"},
{"attributes":{"otel.span.parent.origin":"required","otel.span.sampling_result":"required"},
"kind":"counter","name":"otel.sdk.span.started","unit":"{span}"},
{"attributes":{},
"kind":"counter","name":"otel.sdk.log.created","unit":"{log_record}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required"},
"kind":"up-down counter","name":"otel.sdk.processor.span.queue.size","unit":"{span}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required"},
"kind":"up-down counter","name":"otel.sdk.processor.span.queue.capacity","unit":"{span}"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required"},
"kind":"counter","name":"otel.sdk.processor.span.processed","unit":"{span}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"up-down counter","name":"otel.sdk.exporter.span.inflight","unit":"{span}"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"counter","name":"otel.sdk.exporter.span.exported","unit":"{span}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required"},
"kind":"up-down counter","name":"otel.sdk.processor.log.queue.size","unit":"{log_record}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required"},
"kind":"up-down counter","name":"otel.sdk.processor.log.queue.capacity","unit":"{log_record}"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required"},
"kind":"counter","name":"otel.sdk.processor.log.processed","unit":"{log_record}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"up-down counter","name":"otel.sdk.exporter.log.inflight","unit":"{log_record}"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"counter","name":"otel.sdk.exporter.log.exported","unit":"{log_record}"},
{"attributes":{"otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"up-down counter","name":"otel.sdk.exporter.metric_data_point.inflight","unit":"{data_point}"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"counter","name":"otel.sdk.exporter.metric_data_point.exported","unit":"{data_point}"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required","server.address":"conditional","server.port":"conditional"},
"kind":"histogram","name":"otel.sdk.exporter.operation.duration","unit":"s"},
{"attributes":{"error.type":"conditional","otel.component.name":"required","otel.component.type":"required"},
"kind":"histogram","name":"otel.sdk.metric_reader.collection.duration","unit":"s"}],"spans":[{"attributes":{"error.type":"conditional","messaging.destination.name":"required","messaging.message.body.size":"conditional","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.blocker.chain.ids":"conditional","queuert.blocker.count":"conditional","queuert.chain.deduplicated":"conditional","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.segment":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.scheduled_at":"conditional","queuert.job.type":"required","queuert.trace.mode":"required","queuert.transaction.outcome":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"producer","links":["existing_chain"],"name":"start"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"required","messaging.message.body.size":"conditional","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.blocker.chain.ids":"conditional","queuert.blocker.count":"conditional","queuert.chain.deduplicated":"conditional","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.segment":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.scheduled_at":"conditional","queuert.job.type":"required","queuert.trace.mode":"required","queuert.transaction.outcome":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"producer","links":["existing_chain"],"name":"schedule"},
{"attributes":{"error.type":"conditional","messaging.batch.message_count":"required","messaging.destination.name":"conditional","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.transaction.outcome":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"client","links":["creation"],"name":"start"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"required","messaging.message.body.size":"conditional","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.blocker.chain.ids":"conditional","queuert.blocker.count":"conditional","queuert.chain.deduplicated":"conditional","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.segment":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.scheduled_at":"conditional","queuert.job.type":"required","queuert.trace.mode":"required","queuert.transaction.outcome":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"producer","links":["batch","existing_chain"],"name":"create"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"required","messaging.message.body.size":"conditional","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.blocker.chain.ids":"conditional","queuert.blocker.count":"conditional","queuert.chain.deduplicated":"conditional","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.segment":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.scheduled_at":"conditional","queuert.job.type":"required","queuert.trace.mode":"required","queuert.transaction.outcome":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"producer","links":["origin","chain","existing_chain"],"name":"continue"},
{"attributes":{"error.type":"conditional","messaging.client.id":"conditional","messaging.destination.name":"required","messaging.message.body.size":"conditional","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.attempt.result":"required","queuert.batch.size":"conditional","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.segment":"required","queuert.chain.type":"required","queuert.clock_skew":"conditional","queuert.continued_with.job_id":"conditional","queuert.continued_with.job_type":"conditional","queuert.job.attempt":"required","queuert.job.blockers.dropped_links":"conditional","queuert.job.id":"required","queuert.job.max_attempts":"conditional","queuert.job.type":"required","queuert.job.wait.backoff_s":"conditional","queuert.job.wait.blocked_s":"conditional","queuert.job.wait.queue_s":"required","queuert.job.wait.schedule_s":"conditional","queuert.rescheduled_after_ms":"conditional","queuert.rescheduled_at":"conditional","queuert.trace.mode":"required","queuert.worker.id":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"consumer","links":["creation","retry_of","chain","blocker","batch"],"name":"process"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"required","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.type":"required","server.address":"conditional","server.port":"conditional"},
"events":[],"kind":"internal","links":[],"name":"prepare"},
{"attributes":{"error.type":"conditional","messaging.destination.name":"required","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.operation.type":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.type":"required","queuert.continued_with.job_id":"conditional","queuert.continued_with.job_type":"conditional","queuert.job.id":"required","queuert.job.type":"required","queuert.transaction.outcome":"conditional","server.address":"conditional","server.port":"conditional"},
"events":["exception"],"kind":"client","links":["creation"],"name":"complete"},
{"attributes":{"messaging.destination.name":"required","messaging.message.conversation_id":"required","messaging.message.id":"required","messaging.operation.name":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.index":"required","queuert.chain.type":"required","queuert.job.id":"required","queuert.job.type":"required","queuert.wait.type":"required","server.address":"conditional","server.port":"conditional"},
"events":[],"kind":"internal","links":[],"name":"wait"},
{"attributes":{"messaging.message.conversation_id":"required","messaging.system":"required","queuert.blocker.chain.id":"required","queuert.blocker.chain.type":"required","queuert.blocker.index":"required","queuert.job.id":"required","queuert.job.type":"required","queuert.wait.type":"required"},
"events":[],"kind":"internal","links":["blocker","resolved_by"],"name":"await"},
{"attributes":{"error.type":"conditional","messaging.message.conversation_id":"required","messaging.system":"required","queuert.chain.id":"required","queuert.chain.jobs":"required","queuert.chain.type":"required"},
"events":[],"kind":"internal","links":["completed_by"],"name":"chain"}]}
"""##,
        "row.js": ##"""
// One row of the waterfall.
import { element } from "./dom.js";
import { clock, colour, counted, day, duration, percent } from "./format.js";

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

export function spanRow(span, top, { model, axis, critical, logs, isSelected, isRelated, isOpen, select, toggle }) {
  const classes = ["row", colour(span.service)];
  if (span.isError) classes.push("failed");
  if (span.isPassive) classes.push("passive");
  if (span.isGhost) classes.push("ghost");
  if (isRelated) classes.push("related");
  if (isSelected) classes.push("selected");
  return element("div", {
    class: classes.join(" "), id: `span-${span.document.spanId}`, position: { top: `${top}px` }, role: "treeitem",
    "aria-level": String(span.depth + 1), "aria-selected": String(isSelected),
    "aria-expanded": span.children.length > 0 ? String(isOpen) : null,
    onclick: () => select(span),
  }, name(span, isOpen, toggle), lane(span, { model, axis, critical, logs }));
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
  // What a wait links to, its name says.
  const types = span.isPassive ? [] : [...new Set(span.outgoing.filter(isNotable).map((connection) => connection.type))];
  return element("div", { class: "name", title: `${span.document.name} – ${span.service}` },
    Array.from({ length: guides }, () => element("i", { class: "guide" })),
    caret, element("i", { class: "dot" }),
    element("span", { class: "label" }, span.document.name || "(no name)"),
    span.attempt && Number(span.attempt) > 1 && element("span", { class: "badge" }, `attempt ${span.attempt}`),
    span.isError && element("span", { class: "badge error" }, span.errorType || "error"),
    span.isGhost && element("span", { class: "badge open" }, "not ended yet, or not received"),
    types.slice(0, 2).map((type) => element("span", { class: "badge link" }, type)),
    referencedBy(span));
}

// That others link to this span, and how many.
function referencedBy(span) {
  const others = span.incoming.filter((connection) => connection.from.parent !== span);
  if (others.length === 0) return null;
  const types = [...new Set(others.map((connection) => connection.type))].join(", ");
  return element("span", { class: "badge link", title: `Linked from ${counted(others.length, "span")}: ${types}` }, `← ${others.length}`);
}

// A link to the span's own parent says nothing that the tree doesn't.
const isNotable = (connection) => !connection.to || connection.to !== connection.from.parent;

function lane(span, { model, axis, critical, logs }) {
  const place = (time) => axis.at(model.place(time));
  const clamp = (fraction) => Math.min(1, Math.max(0, fraction));
  const [start, end] = [place(span.start), place(span.end)];
  if (end < 0 || start > 1) return element("div", { class: "lane" }, outOfSight(end < 0));
  const [left, right] = [clamp(start), clamp(end)];
  const waitStart = clamp(start - span.wait / model.length / axis.width);
  // Beside the bar, on the side that has room.
  const isBefore = right > 0.94 && waitStart > 0.15;
  const label = element("span", {
    class: `took-label${isBefore ? " before" : ""}`, position: { left: percent(isBefore ? waitStart : right) },
  }, span.isGhost ? "" : duration(span.length));
  const dots = [
    ...(span.document.events ?? []).slice(0, 50).map((event) => ({ time: event.timeUnixNano, name: event.name, kind: "bar-event" })),
    ...(logs ?? []).slice(0, 50).map((log) => ({ time: log.time, name: log.text, kind: `bar-log ${log.level}` })),
  ].map((dot) => ({ ...dot, at: place(BigInt(dot.time)) })).filter((dot) => dot.at >= 0 && dot.at <= 1);
  return element("div", { class: "lane" },
    left - waitStart > 0.001 && element("i", { class: "wait", position: { left: percent(waitStart), width: percent(left - waitStart) } }),
    element("i", { class: "bar", position: { left: percent(left), width: percent(right - left) } }),
    (critical ?? []).map((part) => {
      const [from, to] = [clamp(place(part.start)), clamp(place(part.end))];
      return to > 0 && from < 1 && element("i", { class: "on-path", position: { left: percent(from), width: percent(to - from) } });
    }),
    dots.map((dot) => element("i", { class: dot.kind, title: dot.name, position: { left: percent(dot.at) } })),
    label);
}

const outOfSight = (isBefore) => element("span", { class: `out-of-sight${isBefore ? "" : " after"}` }, isBefore ? "◂" : "▸");
"""##,
        "search-help.js": ##"""
// What can be asked for, with examples to press.
import { element } from "./dom.js";

const examples = [
  ["charge-card", "a word in a span's name or a service, or the start of a trace id"],
  ["\"process charge-card\"", "words with spaces"],
  ["service:payments", "a span of this service"],
  ["name:\"process *\"", "a span of this name; * stands for anything"],
  ["status:error", "a span ended with an error; status:ok, none did"],
  ["duration>1s", "the trace took longer; also <, with ms, s, m or h"],
  ["queuert.job.attempt=3", "a span has this attribute with this value"],
  ["chain:01993f6c-…", "a span of this chain"],
  ["job:01993f6c-…", "a span of this job"],
];

export function drawHelp(container, choose) {
  container.replaceChildren(
    element("p", {}, "Conditions are separated by spaces, and all must be met by a trace."),
    element("dl", {}, examples.map(([example, meaning]) => [
      element("dt", {}, element("button", { type: "button", onclick: () => choose(example) }, example)),
      element("dd", {}, meaning),
    ])));
}
"""##,
        "text-forms.js": ##"""
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
"""##,
        "texts.js": ##"""
// The dialog that shows spans as text, to copy or to save.
import { element } from "./dom.js";
import { golden, markdown, otlpJSON, swiftTest } from "./text-forms.js";

const forms = [
  ["swift", "Swift test", swiftTest, "test.swift", "An expectation for QueuertTraceTesting, without what differs from run to run. Import QueuertOTel as well."],
  ["golden", "Golden file", golden, "trace.txt", "What recorder.expect(golden:) keeps beside a test: no times, and identifiers numbered as they come."],
  ["markdown", "Markdown", markdown, "trace.md", "For an issue or a pull request."],
  ["otlp", "OTLP JSON", otlpJSON, "trace.json", "For any receiver; drop it on this page to see it again."],
];

export function showTexts(spans) {
  document.getElementById("texts")?.remove();
  const area = element("textarea", { readonly: "", spellcheck: "false", "aria-label": "Text", id: "text" });
  const note = element("p", { class: "soft" });
  const tabs = element("div", { class: "tabs", role: "tablist" });
  const copied = element("span", { class: "soft", role: "status" });
  let current = forms[0];
  const choose = (form) => {
    current = form;
    area.value = form[2](spans);
    note.textContent = form[4];
    copied.textContent = "";
    for (const tab of tabs.children) tab.setAttribute("aria-selected", String(tab.id === `form-${form[0]}`));
  };
  tabs.append(...forms.map((form) =>
    element("button", { type: "button", role: "tab", id: `form-${form[0]}`, onclick: () => choose(form) }, form[1])));
  const dialog = element("dialog", { id: "texts", class: "texts", "aria-label": "Copy as" },
    element("header", {}, tabs, element("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "✕")),
    note, area, element("footer", {}, copied,
      element("button", { type: "button", onclick: () => save(current[3], area.value) }, "Save"),
      element("button", {
        type: "button", class: "primary", id: "copy-text", onclick: async () => {
          copied.textContent = (await copy(area)) ? "Copied." : "The browser refused; copy the selected text.";
        },
      }, "Copy")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  choose(forms[0]);
  dialog.showModal();
}

async function copy(area) {
  area.select();
  try {
    await navigator.clipboard.writeText(area.value);
    return true;
  } catch {
    return false;
  }
}

function save(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
"""##,
        "trace-logs.js": ##"""
// The log records of traces, by the spans that they were logged in.
import * as api from "./api.js";
import { logsBySpan } from "./log-model.js";

const mostTraces = 10;
const none = JSON.stringify({ logs: [] });

export class TraceLogs {
  constructor() {
    this.texts = new Map();
    this.bySpan = new Map();
  }

  // Whether those of a trace were read.
  has(traceID) { return this.texts.has(traceID); }

  // Reads those of the first of some traces, and says whether anything is new. They may come after the spans that they are of,
  // so they are read after each change.
  async read(traceIDs) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const ids = [...new Set(traceIDs)].slice(0, mostTraces);
    // A trace is worth seeing without its logs: where they can't be read, those stay that were read before.
    const texts = await Promise.all(ids.map((trace) =>
      api.logsText({ trace, limit: "1000" }).catch(() => this.texts.get(trace) ?? none)));
    // A slow answer must not replace a later one.
    if (turn !== this.turn) return false;
    const known = this.texts;
    this.texts = new Map(ids.map((id, index) => [id, texts[index]]));
    if (known.size === ids.length && ids.every((id) => known.get(id) === this.texts.get(id))) return false;
    this.bySpan = logsBySpan(texts.flatMap((text) => JSON.parse(text).logs));
    return true;
  }
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
.row .name .badge.link { flex-shrink: 8; }
.row .name .badge:not(.link, .error, .open) { flex: none; }
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
.row.ghost .label { font-style: italic; color: var(--ink-soft); }
.row.ghost .bar {
  background: repeating-linear-gradient(135deg, var(--own) 0 5px, transparent 5px 10px); opacity: .65;
  mask-image: linear-gradient(90deg, #000 70%, rgb(0 0 0 / 20%));
}
.row.passive .bar { opacity: .5; height: 8px; top: 10px; }
.wait {
  position: absolute; top: 13px; height: 2px;
  background: repeating-linear-gradient(90deg, var(--own) 0 4px, transparent 4px 7px); opacity: .8;
}
.bar-event { position: absolute; top: 12px; width: 5px; height: 5px; margin-left: -2px; border-radius: 50%; background: var(--ink); }
.on-path { position: absolute; top: 21px; height: 3px; min-width: 2px; border-radius: 2px; background: var(--ink); }
.bar-log { position: absolute; top: 3px; width: 7px; height: 7px; margin-left: -3px; border-radius: 50%; border: 1.5px solid var(--panel); background: var(--k-queue); }
.bar-log.warning { background: var(--k-backoff); } .bar-log.error { background: var(--error-fill); }
.out-of-sight { position: absolute; left: 4px; top: 5px; color: var(--ink-faint); font-size: 11px; }
.out-of-sight.after { left: auto; right: -14px; }
.ticks { cursor: col-resize; touch-action: none; user-select: none; }
.zoom-band { position: absolute; top: 0; bottom: 0; background: var(--accent); opacity: .25; }
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
.accent { color: var(--accent); }
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
  .trace-head .tools { margin-left: 0; flex-wrap: wrap; flex-basis: 100%; }
  .row .name .badge:not(.error, .open) { display: none; }
}
"""##,
        "trace.js": ##"""
// The view of a trace, with all traces that are linked with it on one time axis.
import * as api from "./api.js";
import { DetailPanel } from "./detail.js";
import { element, show } from "./dom.js";
import { clock, colour, counted, day, duration } from "./format.js";
import { TraceModel } from "./model.js";
import { chainOf } from "./chain-model.js";
import { showTexts } from "./texts.js";
import { TraceLogs } from "./trace-logs.js";
import { Waterfall } from "./waterfall.js";

export class TraceView {
  constructor(main, traceID, spanID) {
    this.traceID = traceID;
    this.spanID = spanID;
    this.showsLinked = true;
    this.logs = new TraceLogs();
    this.head = element("header", { class: "trace-head" });
    this.split = element("div", { class: "split" });
    this.detail = new DetailPanel({ close: () => this.select(null) });
    this.waterfall = new Waterfall({ select: (span) => this.select(span) });
    this.split.append(this.waterfall.container, this.detail.container);
    main.replaceChildren(this.head, this.split);
  }

  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const { traceID } = this;
    // A slow answer must not replace a later one, nor another view.
    const isLate = () => turn !== this.turn || !this.head.isConnected;
    try {
      const text = await api.linkedTracesText(traceID);
      if (isLate()) return;
      if (text !== this.shown) {
        const answer = JSON.parse(text);
        // Somebody went back meanwhile to what is here.
        if (!answer.traces.some(({ trace }) => trace.traceId === this.traceID)) return;
        this.answer = answer;
        this.rebuild();
        this.shown = text;
      }
      show(null);
      // Last: a trace is worth seeing without its logs. And whether its spans have changed or not: logs may come after them.
      await this.loadLogs();
    } catch (problem) {
      if (!isLate() && traceID === this.traceID) show(problem);
    }
  }

  async loadLogs() {
    const isNew = await this.logs.read([this.traceID, ...this.answer.traces.map(({ trace }) => trace.traceId)]);
    if (!isNew || !this.head.isConnected) return;
    this.waterfall.setLogs(this.logs.bySpan);
    if (this.selected) this.detail.show(this.selected, this.model, this.logs.bySpan);
  }

  get selected() { return this.spanID ? this.model.spans.get(`${this.traceID}/${this.spanID}`) ?? null : null; }

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
    this.waterfall.setModel(this.model);
    this.waterfall.setSelected(this.selected, { reveal: true });
    this.detail.show(this.selected, this.model, this.logs.bySpan);
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
    }
    this.drawHead();
    this.waterfall.setSelected(span);
    this.detail.show(span, this.model, this.logs.bySpan);
    // Of many traces, those of the first are read.
    if (span && !this.logs.has(this.traceID)) this.loadLogs();
  }

  // To the chain that the selected span is about or, if the trace tells of one only, to that.
  chainLink(segment) {
    let chain = this.selected ? chainOf(this.selected) : null;
    if (!chain) {
      const chains = new Set(segment.spans.map(chainOf).filter(Boolean));
      if (chains.size === 1) [chain] = chains;
    }
    return chain && element("a", { class: "button", id: "to-chain", href: `#/chain/${encodeURIComponent(chain)}` }, "Chain view");
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
      element("a", { class: "back", href: "#/traces" }, "← All traces"),
      element("h1", {}, trace.rootName || "(no name)"),
      ...(trace.errorCount > 0 ? [element("span", { class: "badge error" }, counted(trace.errorCount, "error"))] : []),
      element("div", { class: "tools" }, toggle, this.chainLink(segment),
        element("button", {
          type: "button", id: "critical", "aria-pressed": String(this.waterfall.showsCritical),
          onclick: () => { this.waterfall.setShowsCritical(!this.waterfall.showsCritical); this.drawHead(); },
        }, "Critical path"),
        element("button", { type: "button", onclick: () => this.waterfall.setAllOpen(false) }, "Collapse"),
        element("button", { type: "button", onclick: () => this.waterfall.setAllOpen(true) }, "Expand"),
        element("a", { class: "button", id: "compare", href: `#/compare/${trace.traceId}` }, "Compare"),
        element("button", { type: "button", id: "copy", onclick: () => showTexts([...this.model.spans.values()]) }, "Copy as …"),
        element("a", { class: "button", id: "export", href: `/api/export?trace=${trace.traceId}`, download: `${trace.traceId}.jsonl` }, "Export")),
      element("div", { class: "facts" },
        facts.map(([name, value]) => element("span", {}, `${name} `, element("b", { class: name === "trace" ? "mono" : null }, value))),
        element("span", { class: "legend" }, this.model.services().map((service) =>
          element("span", { class: colour(service) }, element("i", { class: "dot" }), service))),
        this.model.truncated && element("span", { class: "badge error" }, "too large: not all of it is shown")));
  }
}
"""##,
        "types.js": ##"""
// How often what is done, how often it fails and how long it takes; and which leads to which.
import * as api from "./api.js";
import { drawLayers } from "./chain-graph.js";
import { element, redraw, show } from "./dom.js";
import { between, colour, counted, duration, quoted } from "./format.js";

const kindNames = ["", "internal", "server", "client", "producer", "consumer"];
const columns = [
  ["Service", (row) => row.service], ["Operation", (row) => row.name], ["Kind", (row) => row.kind], ["Calls", (row) => -row.count],
  ["per minute", (row) => -row.count], ["Errors", (row) => -row.errorCount / row.count], ["Median", (row) => -row.p50],
  ["95 %", (row) => -row.p95], ["99 %", (row) => -row.p99], ["Longest", (row) => -row.longest],
];

export class TypesView {
  constructor(main) {
    this.container = element("div", { class: "view" });
    main.replaceChildren(this.container);
    document.title = "Types – Queuert";
    this.sorting = 3;
    this.showsAttempts = true;
  }

  async refresh() {
    try {
      const text = await api.typesText();
      if (!this.container.isConnected) return;
      show(null);
      if (text === this.text) return;
      this.text = text;
      this.answer = JSON.parse(text);
      this.draw();
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }

  draw() {
    const { answer } = this;
    const minutes = Math.max(1 / 60, between(answer.startTimeUnixNano ?? 0, answer.endTimeUnixNano ?? 0) / 60e9);
    const rows = answer.operations.filter((row) => !this.showsAttempts || row.kind === 5)
      .sort((left, right) => { const [a, b] = [columns[this.sorting][1](left), columns[this.sorting][1](right)]; return a < b ? -1 : a > b ? 1 : 0; });
    redraw(this.container, ...[
      element("header", {}, element("h1", {}, "Job types and operations"),
        element("p", {}, `Of the last ${answer.spanCount.toLocaleString("en")} spans, which took ${duration(minutes * 60e9)} to arise.`)),
      element("section", { class: "panel", id: "types" },
        element("h2", {}, "Rate, errors and duration"),
        element("div", { class: "fields tabs panel-tabs" },
          element("button", { type: "button", id: "attempts-only", "aria-pressed": String(this.showsAttempts), onclick: () => { this.showsAttempts = true; this.draw(); } }, "Attempts of jobs"),
          element("button", { type: "button", id: "all-operations", "aria-pressed": String(!this.showsAttempts), onclick: () => { this.showsAttempts = false; this.draw(); } }, "All operations")),
        element("div", { class: "wide" }, element("table", { class: "grid-table" },
          element("thead", {}, element("tr", {}, columns.map(([title], index) => element("th", {
            scope: "col", class: index > 2 ? "number" : null, "aria-sort": index === this.sorting ? "descending" : null,
          }, element("button", { type: "button", class: "quiet sort", id: `sort-${index}`, onclick: () => { this.sorting = index; this.draw(); } }, title))))),
          element("tbody", {}, rows.slice(0, 300).map((row) => element("tr", { onclick: () => { location.hash = searchFor(row); } },
            element("td", {}, element("span", { class: `line ${colour(row.service)}` }, element("i", { class: "dot" }), ` ${row.service}`)),
            element("td", {}, element("a", { href: searchFor(row), id: `operation-${row.kind} ${row.service} ${row.name}` }, element("b", {}, row.name || "(no name)"))),
            element("td", { class: "soft" }, kindNames[row.kind] ?? ""),
            [row.count.toLocaleString("en"), rate(row.count / minutes)].map((text) => element("td", { class: "number" }, text)),
            element("td", { class: "number" }, row.errorCount > 0 ? element("span", { class: "badge error" }, `${row.errorCount}, ${Math.round((row.errorCount / row.count) * 100)} %`) : "0"),
            [row.p50, row.p95, row.p99, row.longest].map((time) => element("td", { class: "number" }, duration(time))))))))),
      this.map(),
    ].filter(Boolean));
  }

  // Which type of job or service leads to which.
  map() {
    const { edges } = this.answer;
    if (edges.length === 0) return null;
    const nodes = new Map();
    for (const { from, to } of edges) for (const name of [from, to]) nodes.set(name, { name });
    const calls = new Map(edges.map((edge) => [edge.to, 0]));
    for (const edge of edges) calls.set(edge.to, calls.get(edge.to) + edge.count);
    return element("section", { class: "panel graph", id: "map" }, element("h2", {}, "What leads to what"),
      element("div", { class: "wide" }, drawLayers(nodes, edges.map((edge) => ({ ...edge, type: edge.kind })), (node, position) => {
        const attempts = this.answer.operations.find((row) => row.kind === 5 && row.name === `process ${node.name}`);
        return element("div", { class: `graph-node${attempts?.errorCount > 0 ? " failed" : ""}`, position }, element("b", {}, node.name),
          element("span", {}, attempts ? `${counted(attempts.count, "attempt")}, median ${duration(attempts.p50)}` : calls.get(node.name) ? `${calls.get(node.name)} calls` : ""));
      })));
  }
}

// What has no name can't be searched for by it.
const searchFor = ({ service, name }) => `#/search/${encodeURIComponent(Object.entries({ service, name })
  .filter(([, text]) => text).map(([key, text]) => `${key}:${quoted(text)}`).join(" "))}`;

const rate = (number) => (number >= 100 ? Math.round(number).toLocaleString("en") : String(Number(number.toFixed(number < 10 ? 2 : 1))));
"""##,
        "waterfall.js": ##"""
// The waterfall: a row for each span, of which only those in sight exist as elements.
import { drawArrows } from "./arrows.js";
import { TimeAxis } from "./axis.js";
import { criticalPath } from "./critical-path.js";
import { element, svgElement } from "./dom.js";
import { duration, percent, ticks } from "./format.js";
import { flatten } from "./model.js";
import { segmentRow, spanRow } from "./row.js";

export const rowHeight = 28;

export class Waterfall {
  constructor({ select }) {
    this.select = select;
    this.closed = new Set();
    this.rows = [];
    this.selected = null;
    this.axis = new TimeAxis();
    this.showsCritical = true;
    this.logs = new Map();
    this.ticks = element("div", { class: "ticks", title: "Drag to zoom, double-click to see everything" });
    this.axisRow = element("div", { class: "axis", "aria-hidden": "true" }, this.ticks);
    this.canvas = element("div", { class: "canvas" });
    this.scroller = element("div", {
      class: "scroller", id: "waterfall", tabindex: "0", role: "tree", "aria-label": "Spans",
    }, this.axisRow, this.canvas);
    this.container = element("section", { class: "waterfall" }, this.scroller);
    this.scroller.addEventListener("scroll", () => this.drawSoon());
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.ticks.addEventListener("pointerdown", (event) => this.dragZoom(event));
    this.ticks.addEventListener("dblclick", () => this.zoomOut());
    new ResizeObserver(() => this.drawSoon()).observe(this.scroller);
  }

  setModel(model) {
    this.model = model;
    this.critical = null;
    this.layOut();
  }

  // Records that were logged within spans, by the spans' keys.
  setLogs(logs) {
    this.logs = logs;
    this.draw();
  }

  setShowsCritical(shows) {
    this.showsCritical = shows;
    this.draw();
  }

  get criticalParts() {
    this.critical ??= new Map(this.model.segments.flatMap((segment) => [...criticalPath(segment.roots)]));
    return this.critical;
  }

  zoomOut() {
    this.axis.reset();
    this.draw();
  }

  // With the control key, as a pinch is reported too, the wheel zooms; with the shift key, or sideways, it pans.
  wheel(event) {
    const area = this.ticks.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      this.axis.zoom(Math.exp(event.deltaY * 0.003), Math.min(1, Math.max(0, (event.clientX - area.left) / area.width)));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      if (!this.axis.isZoomed) return;
      this.axis.pan((event.deltaX || event.deltaY) / area.width);
    } else {
      return;
    }
    event.preventDefault();
    this.drawSoon();
  }

  // Dragging over the axis zooms to what was dragged over.
  dragZoom(event) {
    const area = this.ticks.getBoundingClientRect();
    const place = (pointer) => Math.min(1, Math.max(0, (pointer.clientX - area.left) / area.width));
    const start = place(event);
    const band = element("i", { class: "zoom-band" });
    this.ticks.append(band);
    this.ticks.setPointerCapture(event.pointerId);
    const move = (pointer) => Object.assign(band.style, {
      left: percent(Math.min(start, place(pointer))), width: percent(Math.abs(place(pointer) - start)),
    });
    const end = (pointer) => {
      this.ticks.removeEventListener("pointermove", move);
      band.remove();
      const range = [start, place(pointer)].sort((left, right) => left - right);
      if (range[1] - range[0] < 0.01) return;
      this.axis.show(this.axis.fraction(range[0]), this.axis.fraction(range[1]));
      this.draw();
    };
    this.ticks.addEventListener("pointermove", move);
    this.ticks.addEventListener("pointerup", end, { once: true });
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
    const height = view.clientHeight - this.axisRow.offsetHeight;
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
          model: this.model, axis: this.axis, critical: this.showsCritical ? this.criticalParts.get(span) : null,
          logs: this.logs.get(span.key), isSelected: span === this.selected, isRelated: related.has(span.key),
          isOpen: !this.closed.has(span.key), select: this.select, toggle: (target) => this.toggle(target),
        }));
    }
    const arrows = svgElement("svg", { class: "arrows", "aria-hidden": "true" });
    this.canvas.replaceChildren(...nodes, arrows);
    drawArrows(arrows, this);
    this.scroller.setAttribute("aria-activedescendant", this.selected ? `span-${this.selected.document.spanId}` : "");
  }

  // Where the axis has marks: a place in sight, and the time there.
  tickTimes() {
    const { axis, model } = this;
    const count = Math.floor((this.ticks.clientWidth || 600) / 110);
    const start = axis.from * model.length;
    const steps = ticks(axis.width * model.length, count);
    const step = steps[1] ?? model.length;
    const first = Math.ceil(start / step) * step;
    return steps.map((_, index) => first + index * step).map((time) => ({ time, place: axis.at(time / model.length) }))
      .filter(({ place }) => place >= 0 && place <= 1);
  }

  drawAxis(times) {
    this.ticks.replaceChildren(...times.map(({ time, place }) =>
      element("span", { position: { left: percent(place) } }, time === 0 ? "0" : duration(time))));
  }

  grid(times) {
    return element("div", { class: "grid" }, times.map(({ place }) =>
      element("i", { class: "grid-line", position: { left: percent(place) } })));
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
    } else if (event.key === "+" || event.key === "-") {
      const around = this.selected ? this.axis.at(this.model.place(this.selected.start)) : 0.5;
      this.axis.zoom(event.key === "+" ? 0.5 : 2, Math.min(1, Math.max(0, around)));
      this.draw();
    } else if (event.key === "0") {
      this.zoomOut();
    } else if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.axis.pan(event.key === "ArrowRight" ? 0.2 : -0.2);
      this.draw();
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
