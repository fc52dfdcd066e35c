// One row of the waterfall.
import { element } from "./dom.js";
import { clock, colour, counted, day, duration } from "./format.js";

const percent = (fraction) => `${(fraction * 100).toFixed(4)}%`;

export function segmentRow(segment, top, model) {
  const { summary } = segment;
  return element("div", {
    class: `row segment${segment.isCurrent ? " current" : ""}`, position: { top: `${top}px` }, role: "presentation",
  },
    element("b", {}, summary.rootName || "(no name)"),
    element("span", {}, `${day(summary.startTimeUnixNano)} ${clock(summary.startTimeUnixNano)}`),
    segment.start > model.start && element("span", {}, `+${duration(Number(segment.start - model.start))}`),
    element("span", {}, counted(summary.spanCount, "span")),
    element("a", { class: "mono", href: `#/trace/${summary.traceId}` }, summary.traceId));
}

export function spanRow(span, top, { model, isSelected, isRelated, isOpen, select, toggle }) {
  const classes = ["row", colour(span.service)];
  if (span.isError) classes.push("failed");
  if (span.isPassive) classes.push("passive");
  if (isRelated) classes.push("related");
  if (isSelected) classes.push("selected");
  return element("div", {
    class: classes.join(" "), id: `span-${span.document.spanId}`, position: { top: `${top}px` }, role: "treeitem",
    "aria-level": String(span.depth + 1), "aria-selected": String(isSelected),
    "aria-expanded": span.children.length > 0 ? String(isOpen) : null,
    onclick: () => select(span),
  }, name(span, isOpen, toggle), lane(span, model));
}

function name(span, isOpen, toggle) {
  // Deep trees would push the name out of its column.
  const guides = Math.min(span.depth, 12);
  const caret = span.children.length > 0
    ? element("button", {
      class: "caret", type: "button", tabindex: "-1", "aria-label": isOpen ? "Collapse" : "Expand",
      onclick: (event) => { event.stopPropagation(); toggle(span); },
    }, isOpen ? "▼" : "▶")
    : element("span", { class: "caret" });
  const types = [...new Set(span.outgoing.filter(isNotable).map((connection) => connection.type))];
  return element("div", { class: "name", title: `${span.document.name} – ${span.service}` },
    Array.from({ length: guides }, () => element("i", { class: "guide" })),
    caret, element("i", { class: "dot" }),
    element("span", { class: "label" }, span.document.name || "(no name)"),
    span.attempt && Number(span.attempt) > 1 && element("span", { class: "badge" }, `attempt ${span.attempt}`),
    span.isError && element("span", { class: "badge error" }, span.errorType || "error"),
    span.isOrphan && !span.parent && element("span", { class: "badge" }, "parent missing"),
    types.slice(0, 2).map((type) => element("span", { class: "badge link" }, type)));
}

// A link to the span's own parent says nothing that the tree doesn't.
const isNotable = (connection) => !connection.to || connection.to !== connection.from.parent;

function lane(span, model) {
  const start = model.place(span.start);
  const end = model.place(span.end);
  const wait = Math.min(start, span.wait / model.length);
  // Beside the bar, on the side that has room.
  const isBefore = end > 0.94 && start - wait > 0.15;
  const label = element("span", {
    class: `took-label${isBefore ? " before" : ""}`, position: { left: percent(isBefore ? start - wait : end) },
  }, duration(span.length));
  return element("div", { class: "lane" },
    wait > 0.001 && element("i", { class: "wait", position: { left: percent(start - wait), width: percent(wait) } }),
    element("i", { class: "bar", position: { left: percent(start), width: percent(end - start) } }),
    (span.document.events ?? []).slice(0, 50).map((event) =>
      element("i", { class: "bar-event", position: { left: percent(model.place(BigInt(event.timeUnixNano))) } })),
    label);
}
