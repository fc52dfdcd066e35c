// Metrics: which there are, and the points of one, with exemplars that lead to the spans that were measured.
import * as api from "./api.js";
import { element, show, svgElement } from "./dom.js";
import { clock, counted, percent } from "./format.js";
import { buckets, exemplarsOf, labelOf, measured, numberOf, quantile, timeOf } from "./metrics-model.js";

const mostSeries = 50;
const kindWords = new Map([["exponentialHistogram", "histogram"], ["sum", "count"]]);

// Several services measure the same: the view of a metric has those of all.
function byName(metrics) {
  const names = new Map();
  for (const metric of metrics) {
    if (!names.has(metric.name)) names.set(metric.name, { metric, services: [] });
    names.get(metric.name).services.push(metric.service);
  }
  return [...names.values()];
}

export class MetricsView {
  constructor(main) {
    this.container = element("div", { class: "view" });
    main.replaceChildren(this.container);
    document.title = "Metrics – Queuert";
  }

  async refresh() {
    try {
      const { metrics } = await api.metrics();
      if (!this.container.isConnected) return;
      show(null);
      const key = JSON.stringify(metrics);
      if (key === this.shown) return;
      this.shown = key;
      this.container.replaceChildren(element("header", {}, element("h1", {}, "Metrics")),
        metrics.length === 0
          ? element("p", { class: "soft" }, "None has been received.")
          : element("section", { class: "panel metric-list", id: "metrics" }, byName(metrics).map(({ metric, services }) =>
            element("a", { href: `#/metric/${encodeURIComponent(metric.name)}` }, element("b", {}, metric.name),
              element("span", { class: "soft", title: services.join(", ") },
                services.length > 2 ? counted(services.length, "service") : services.join(", ")),
              element("span", { class: "soft" }, kindWords.get(metric.kind) ?? metric.kind),
              element("span", { class: "soft" }, metric.description ?? "")))));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }
}

export class MetricView {
  constructor(main, name) {
    this.name = name;
    this.container = element("div", { class: "view" });
    main.replaceChildren(this.container);
    document.title = `${name} – Queuert`;
  }

  async refresh() {
    try {
      const { metrics } = await api.metric(this.name);
      if (!this.container.isConnected) return;
      show(null);
      this.container.replaceChildren(
        element("header", {}, element("a", { class: "back", href: "#/metrics" }, "← All metrics"), element("h1", {}, this.name),
          element("p", {}, metrics[0]?.description ?? "")),
        ...metrics.flatMap((metric) => metric.series.slice(0, mostSeries).map((series) => seriesPanel(metric, series))));
    } catch (problem) {
      if (this.container.isConnected) show(problem);
    }
  }
}

function seriesPanel(metric, series) {
  const points = [...series.points].sort((left, right) => (BigInt(timeOf(left)) < BigInt(timeOf(right)) ? -1 : 1));
  const ordered = { ...series, points };
  return element("section", { class: "panel series" }, element("h2", {}, metric.service, " ", element("span", { class: "soft mono" }, labelOf(ordered))),
    element("div", { class: "chart" }, chart(metric, points), exemplars(metric, ordered)));
}

function chart(metric, points) {
  if (metric.kind === "summary") return summary(metric, points.at(-1));
  return /histogram/i.test(metric.kind) ? histogram(metric, points.at(-1)) : line(metric, points);
}

function line(metric, points) {
  const values = points.map(numberOf);
  const [least, most] = [Math.min(0, ...values), Math.max(...values, 0)];
  const microseconds = (point) => Number(BigInt(timeOf(point)) / 1000n);
  const [from, to] = [points[0], points.at(-1)].map(microseconds);
  const x = (point) => (to > from ? ((microseconds(point) - from) / (to - from)) * 1000 : 500);
  const y = (value) => 116 - ((value - least) / Math.max(1e-12, most - least)) * 108;
  const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point).toFixed(1)},${y(values[index]).toFixed(1)}`).join(" ");
  return [
    element("div", { class: "scale" }, element("span", {}, measured(most, metric.unit)), element("b", {}, `now ${measured(values.at(-1), metric.unit)}`)),
    svgElement("svg", { class: "spark", viewBox: "0 0 1000 120", preserveAspectRatio: "none", role: "img", "aria-label": `${metric.name} over time` },
      svgElement("path", { class: "area", d: `${path} L${x(points.at(-1))},${y(0)} L${x(points[0])},${y(0)} Z` }), svgElement("path", { d: path })),
    element("div", { class: "scale" }, element("span", {}, clock(timeOf(points[0]))), element("span", {}, clock(timeOf(points.at(-1))))),
  ];
}

function histogram(metric, point) {
  const list = buckets(point);
  const most = Math.max(1, ...list.map((bucket) => bucket.count));
  // Where a bucket's values lie is a guess, but not outside of what was measured.
  const below = (share) => measured(Math.min(point.max ?? Infinity, Math.max(point.min ?? -Infinity, quantile(list, share) ?? NaN)), metric.unit);
  const [first, last] = [list.findIndex((bucket) => bucket.count > 0), list.findLastIndex((bucket) => bucket.count > 0)];
  const shown = list.slice(Math.max(0, first - 1), last + 2);
  return [
    element("div", { class: "scale" }, element("span", {}, `${counted(Number(point.count ?? 0), "value")}, median ${below(0.5)}, `
      + `95 % below ${below(0.95)}`), element("span", {}, clock(timeOf(point)))),
    element("div", { class: "histogram", role: "img", "aria-label": "Distribution" }, shown.map((bucket) =>
      element("i", { position: { height: percent(bucket.count / most) }, title: `up to ${measured(bucket.to, metric.unit)}: ${bucket.count}` }))),
    element("div", { class: "histogram-labels", "aria-hidden": "true" }, shown.map((bucket) =>
      element("span", {}, bucket.to === Infinity ? "∞" : measured(bucket.to, metric.unit)))),
  ];
}

// Of a summary, only what its sender reckoned is known.
function summary(metric, point) {
  const quantiles = (point.quantileValues ?? []).map(({ quantile: share, value }) =>
    `${Number((Number(share ?? 0) * 100).toFixed(4))} % below ${measured(Number(value ?? 0), metric.unit)}`);
  const parts = [counted(Number(point.count ?? 0), "value"), `sum ${measured(Number(point.sum ?? 0), metric.unit)}`, ...quantiles];
  return element("div", { class: "scale" }, element("span", {}, parts.join(", ")), element("span", {}, clock(timeOf(point))));
}

// The newest first, and the greatest of them, which are those that people look for.
function exemplars(metric, series) {
  const list = exemplarsOf(series).sort((left, right) => numberOf(right) - numberOf(left)).slice(0, 12);
  if (list.length === 0) return null;
  return element("div", { class: "exemplars" }, "Measured spans:", list.map((exemplar) =>
    element("a", { href: `#/trace/${exemplar.traceId}/${exemplar.spanId}`, title: clock(timeOf(exemplar)) }, measured(numberOf(exemplar), metric.unit))));
}
