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
