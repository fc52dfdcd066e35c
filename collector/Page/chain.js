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
