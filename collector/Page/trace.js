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
