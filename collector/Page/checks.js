// What isn't as it should be: names that aren't as the conventions have them, and what was dropped on the way here.
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
      const [{ spans }, registry, status] = await Promise.all([api.recentSpans(), api.registry(), api.status().catch(() => null)]);
      if (!this.container.isConnected) return;
      show(null);
      const findings = lint(spans, registry);
      this.container.replaceChildren(
        element("header", {}, element("h1", {}, "Checks"),
          element("p", {}, `The last ${counted(spans.length, "span")}, compared with Queuert's registry of names and OpenTelemetry's conventions.`)),
        element("section", { class: "panel", id: "lint" }, element("h2", {}, "Names and values"),
          findings.length === 0 ? element("p", { class: "good-news" }, "Everything is named as it should be.") : findings.map(findingRow)),
        element("section", { class: "panel", id: "dropped" }, element("h2", {}, "What was lost on the way"), lossRows(status)));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }
}

function findingRow(finding) {
  const { example } = finding;
  return element("div", { class: `finding ${finding.level}` },
    element("span", { class: `badge ${finding.level === "error" ? "error" : ""}` }, finding.level),
    element("span", {}, finding.text, " ", element("span", { class: "soft" }, `${finding.count} ×, ${finding.source}`)),
    element("a", { href: `#/trace/${example.traceId}/${example.spanId}` }, "an example"));
}

function lossRows(status) {
  if (!status) return element("p", { class: "soft" }, "The collector doesn't tell.");
  const losses = flatten(status).filter(([, value]) => typeof value === "number" || typeof value === "string" || typeof value === "boolean");
  return element("div", { class: "wide" }, element("table", { class: "grid-table" }, element("tbody", {}, losses.map(([name, value]) =>
    element("tr", {}, element("td", {}, name), element("td", { class: "number" }, typeof value === "number" ? value.toLocaleString("en") : String(value)))))));
}

function flatten(object, prefix = "") {
  return Object.entries(object).flatMap(([key, value]) => {
    const name = prefix ? `${prefix} ${key}` : key;
    return value && typeof value === "object" ? flatten(value, name) : [[name, value]];
  });
}
