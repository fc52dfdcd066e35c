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
