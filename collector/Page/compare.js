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
