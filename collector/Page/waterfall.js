// The waterfall: a row for each span, of which only those in sight exist as elements.
import { drawArrows } from "./arrows.js";
import { element, svgElement } from "./dom.js";
import { duration } from "./format.js";
import { flatten } from "./model.js";
import { segmentRow, spanRow } from "./row.js";

export const rowHeight = 28;

export class Waterfall {
  constructor({ select }) {
    this.select = select;
    this.closed = new Set();
    this.rows = [];
    this.selected = null;
    this.ticks = element("div", { class: "ticks" });
    this.axis = element("div", { class: "axis", "aria-hidden": "true" }, this.ticks);
    this.canvas = element("div", { class: "canvas" });
    this.scroller = element("div", {
      class: "scroller", id: "waterfall", tabindex: "0", role: "tree", "aria-label": "Spans",
    }, this.axis, this.canvas);
    this.container = element("section", { class: "waterfall" }, this.scroller);
    this.scroller.addEventListener("scroll", () => this.drawSoon());
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.drawSoon()).observe(this.scroller);
  }

  setModel(model) {
    this.model = model;
    this.layOut();
  }

  layOut() {
    this.rows = [];
    this.rowOf = new Map();
    for (const segment of this.model.segments) {
      if (this.model.segments.length > 1) this.rows.push({ segment });
      for (const span of flatten(segment.roots, (candidate) => !this.closed.has(candidate.key))) {
        this.rowOf.set(span.key, this.rows.length);
        this.rows.push({ span });
      }
    }
    this.canvas.style.height = `${this.rows.length * rowHeight + 12}px`;
    this.draw();
  }

  setSelected(span, { reveal = false } = {}) {
    this.selected = span;
    if (span) {
      let isHidden = false;
      for (let above = span.parent; above; above = above.parent) isHidden = this.closed.delete(above.key) || isHidden;
      if (isHidden) this.layOut();
      this.scrollTo(span, reveal);
    }
    this.draw();
  }

  scrollTo(span, centre) {
    const top = this.rowOf.get(span.key) * rowHeight;
    const view = this.scroller;
    // The axis covers the top of the view, and the canvas begins below it.
    const height = view.clientHeight - this.axis.offsetHeight;
    if (top >= view.scrollTop && top + rowHeight <= view.scrollTop + height) return;
    view.scrollTop = centre ? top - height / 2 : top < view.scrollTop ? top : top - height + rowHeight;
  }

  toggle(span) {
    if (!this.closed.delete(span.key)) this.closed.add(span.key);
    this.layOut();
  }

  setAllOpen(isOpen) {
    this.closed.clear();
    if (!isOpen) for (const span of this.model.spans.values()) if (span.children.length > 0) this.closed.add(span.key);
    this.layOut();
  }

  drawSoon() {
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
  }

  draw() {
    if (!this.model) return;
    const height = this.scroller.clientHeight || 600;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / rowHeight) - 8);
    const last = Math.min(this.rows.length, Math.ceil((this.scroller.scrollTop + height) / rowHeight) + 8);
    const related = new Set([...(this.selected?.outgoing ?? []).map((connection) => connection.to?.key),
      ...(this.selected?.incoming ?? []).map((connection) => connection.from.key)]);
    const times = this.tickTimes();
    this.drawAxis(times);
    const nodes = [this.grid(times)];
    for (let index = first; index < last; index++) {
      const { span, segment } = this.rows[index];
      nodes.push(segment
        ? segmentRow(segment, index * rowHeight, this.model)
        : spanRow(span, index * rowHeight, {
          model: this.model, isSelected: span === this.selected, isRelated: related.has(span.key),
          isOpen: !this.closed.has(span.key), select: this.select, toggle: (target) => this.toggle(target),
        }));
    }
    const arrows = svgElement("svg", { class: "arrows", "aria-hidden": "true" });
    this.canvas.replaceChildren(...nodes, arrows);
    drawArrows(arrows, this);
    this.scroller.setAttribute("aria-activedescendant", this.selected ? `span-${this.selected.document.spanId}` : "");
  }

  tickTimes() {
    const width = this.ticks.clientWidth || 600;
    const wanted = this.model.length / Math.max(2, Math.floor(width / 110));
    const magnitude = 10 ** Math.floor(Math.log10(wanted));
    const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= wanted) ?? wanted;
    const ticks = [];
    for (let time = 0; time <= this.model.length; time += Math.max(1, step)) ticks.push(time);
    return ticks;
  }

  drawAxis(times) {
    this.ticks.replaceChildren(...times.map((time) =>
      element("span", { position: { left: `${(time / this.model.length) * 100}%` } }, time === 0 ? "0" : duration(time))));
  }

  grid(times) {
    return element("div", { class: "grid" }, times.map((time) =>
      element("i", { class: "grid-line", position: { left: `${(time / this.model.length) * 100}%` } })));
  }

  key(event) {
    const spans = this.rows.map((row) => row.span).filter(Boolean);
    const index = spans.indexOf(this.selected);
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / rowHeight) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -spans.length, End: spans.length };
    if (event.key in moves) {
      const target = index < 0 ? 0 : Math.min(spans.length - 1, Math.max(0, index + moves[event.key]));
      this.select(spans[target]);
    } else if (event.key === "Escape") {
      this.select(null);
    } else if (this.selected && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.sideways(event.key === "ArrowRight");
    } else {
      return;
    }
    event.preventDefault();
  }

  sideways(isRight) {
    const { selected, closed } = this;
    const isOpen = selected.children.length > 0 && !closed.has(selected.key);
    if (isRight && isOpen) this.select(selected.children[0]);
    else if (isRight === closed.has(selected.key) && selected.children.length > 0) this.toggle(selected);
    else if (!isRight && selected.parent) this.select(selected.parent);
  }
}
