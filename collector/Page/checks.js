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
