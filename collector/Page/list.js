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
