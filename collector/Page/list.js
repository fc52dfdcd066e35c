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
