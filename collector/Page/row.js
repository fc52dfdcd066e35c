// One row of the waterfall.
import { element } from "./dom.js";
import { clock, colour, counted, day, duration, percent } from "./format.js";

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

export function spanRow(span, top, { model, axis, critical, logs, isSelected, isRelated, isOpen, select, toggle }) {
  const classes = ["row", colour(span.service)];
  if (span.isError) classes.push("failed");
  if (span.isPassive) classes.push("passive");
  if (span.isGhost) classes.push("ghost");
  if (isRelated) classes.push("related");
  if (isSelected) classes.push("selected");
  return element("div", {
    class: classes.join(" "), id: `span-${span.document.spanId}`, position: { top: `${top}px` }, role: "treeitem",
    "aria-level": String(span.depth + 1), "aria-selected": String(isSelected),
    "aria-expanded": span.children.length > 0 ? String(isOpen) : null,
    onclick: () => select(span),
  }, name(span, isOpen, toggle), lane(span, { model, axis, critical, logs }));
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
  // What a wait links to, its name says.
  const types = span.isPassive ? [] : [...new Set(span.outgoing.filter(isNotable).map((connection) => connection.type))];
  return element("div", { class: "name", title: `${span.document.name} – ${span.service}` },
    Array.from({ length: guides }, () => element("i", { class: "guide" })),
    caret, element("i", { class: "dot" }),
    element("span", { class: "label" }, span.document.name || "(no name)"),
    span.attempt && Number(span.attempt) > 1 && element("span", { class: "badge" }, `attempt ${span.attempt}`),
    span.isError && element("span", { class: "badge error" }, span.errorType || "error"),
    span.isGhost && element("span", { class: "badge open" }, "not ended yet, or not received"),
    types.slice(0, 2).map((type) => element("span", { class: "badge link" }, type)),
    referencedBy(span));
}

// That others link to this span, and how many.
function referencedBy(span) {
  const others = span.incoming.filter((connection) => connection.from.parent !== span);
  if (others.length === 0) return null;
  const types = [...new Set(others.map((connection) => connection.type))].join(", ");
  return element("span", { class: "badge link", title: `Linked from ${counted(others.length, "span")}: ${types}` }, `← ${others.length}`);
}

// A link to the span's own parent says nothing that the tree doesn't.
const isNotable = (connection) => !connection.to || connection.to !== connection.from.parent;

function lane(span, { model, axis, critical, logs }) {
  const place = (time) => axis.at(model.place(time));
  const clamp = (fraction) => Math.min(1, Math.max(0, fraction));
  const [start, end] = [place(span.start), place(span.end)];
  if (end < 0 || start > 1) return element("div", { class: "lane" }, outOfSight(end < 0));
  const [left, right] = [clamp(start), clamp(end)];
  const waitStart = clamp(start - span.wait / model.length / axis.width);
  // Beside the bar, on the side that has room.
  const isBefore = right > 0.94 && waitStart > 0.15;
  const label = element("span", {
    class: `took-label${isBefore ? " before" : ""}`, position: { left: percent(isBefore ? waitStart : right) },
  }, span.isGhost ? "" : duration(span.length));
  const dots = [
    ...(span.document.events ?? []).slice(0, 50).map((event) => ({ time: event.timeUnixNano, name: event.name, kind: "bar-event" })),
    ...(logs ?? []).slice(0, 50).map((log) => ({ time: log.time, name: log.text, kind: `bar-log ${log.level}` })),
  ].map((dot) => ({ ...dot, at: place(BigInt(dot.time)) })).filter((dot) => dot.at >= 0 && dot.at <= 1);
  return element("div", { class: "lane" },
    left - waitStart > 0.001 && element("i", { class: "wait", position: { left: percent(waitStart), width: percent(left - waitStart) } }),
    element("i", { class: "bar", position: { left: percent(left), width: percent(right - left) } }),
    (critical ?? []).map((part) => {
      const [from, to] = [clamp(place(part.start)), clamp(place(part.end))];
      return to > 0 && from < 1 && element("i", { class: "on-path", position: { left: percent(from), width: percent(to - from) } });
    }),
    dots.map((dot) => element("i", { class: dot.kind, title: dot.name, position: { left: percent(dot.at) } })),
    label);
}

const outOfSight = (isBefore) => element("span", { class: `out-of-sight${isBefore ? "" : " after"}` }, isBefore ? "◂" : "▸");
