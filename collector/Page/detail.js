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
