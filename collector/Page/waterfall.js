// The waterfall: a row for each span, of which only those in sight exist as elements.
import { drawArrows } from "./arrows.js";
import { TimeAxis } from "./axis.js";
import { criticalPath } from "./critical-path.js";
import { element, svgElement } from "./dom.js";
import { duration, percent, ticks } from "./format.js";
import { flatten } from "./model.js";
import { segmentRow, spanRow } from "./row.js";

export const rowHeight = 28;

export class Waterfall {
  constructor({ select }) {
    this.select = select;
    this.closed = new Set();
    this.rows = [];
    this.selected = null;
    this.axis = new TimeAxis();
    this.showsCritical = true;
    this.logs = new Map();
    this.ticks = element("div", { class: "ticks", title: "Drag to zoom, double-click to see everything" });
    this.axisRow = element("div", { class: "axis", "aria-hidden": "true" }, this.ticks);
    this.canvas = element("div", { class: "canvas" });
    this.scroller = element("div", {
      class: "scroller", id: "waterfall", tabindex: "0", role: "tree", "aria-label": "Spans",
    }, this.axisRow, this.canvas);
    this.container = element("section", { class: "waterfall" }, this.scroller);
    this.scroller.addEventListener("scroll", () => this.drawSoon());
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.ticks.addEventListener("pointerdown", (event) => this.dragZoom(event));
    this.ticks.addEventListener("dblclick", () => this.zoomOut());
    new ResizeObserver(() => this.drawSoon()).observe(this.scroller);
  }

  setModel(model) {
    this.model = model;
    this.critical = null;
    this.layOut();
  }

  // Records that were logged within spans, by the spans' keys.
  setLogs(logs) {
    this.logs = logs;
    this.draw();
  }

  setShowsCritical(shows) {
    this.showsCritical = shows;
    this.draw();
  }

  get criticalParts() {
    this.critical ??= new Map(this.model.segments.flatMap((segment) => [...criticalPath(segment.roots)]));
    return this.critical;
  }

  zoomOut() {
    this.axis.reset();
    this.draw();
  }

  // With the control key, as a pinch is reported too, the wheel zooms; with the shift key, or sideways, it pans.
  wheel(event) {
    const area = this.ticks.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      this.axis.zoom(Math.exp(event.deltaY * 0.003), Math.min(1, Math.max(0, (event.clientX - area.left) / area.width)));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      if (!this.axis.isZoomed) return;
      this.axis.pan((event.deltaX || event.deltaY) / area.width);
    } else {
      return;
    }
    event.preventDefault();
    this.drawSoon();
  }

  // Dragging over the axis zooms to what was dragged over.
  dragZoom(event) {
    const area = this.ticks.getBoundingClientRect();
    const place = (pointer) => Math.min(1, Math.max(0, (pointer.clientX - area.left) / area.width));
    const start = place(event);
    const band = element("i", { class: "zoom-band" });
    this.ticks.append(band);
    this.ticks.setPointerCapture(event.pointerId);
    const move = (pointer) => Object.assign(band.style, {
      left: percent(Math.min(start, place(pointer))), width: percent(Math.abs(place(pointer) - start)),
    });
    const end = (pointer) => {
      this.ticks.removeEventListener("pointermove", move);
      band.remove();
      const range = [start, place(pointer)].sort((left, right) => left - right);
      if (range[1] - range[0] < 0.01) return;
      this.axis.show(this.axis.fraction(range[0]), this.axis.fraction(range[1]));
      this.draw();
    };
    this.ticks.addEventListener("pointermove", move);
    this.ticks.addEventListener("pointerup", end, { once: true });
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
    const height = view.clientHeight - this.axisRow.offsetHeight;
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
          model: this.model, axis: this.axis, critical: this.showsCritical ? this.criticalParts.get(span) : null,
          logs: this.logs.get(span.key), isSelected: span === this.selected, isRelated: related.has(span.key),
          isOpen: !this.closed.has(span.key), select: this.select, toggle: (target) => this.toggle(target),
        }));
    }
    const arrows = svgElement("svg", { class: "arrows", "aria-hidden": "true" });
    this.canvas.replaceChildren(...nodes, arrows);
    drawArrows(arrows, this);
    this.scroller.setAttribute("aria-activedescendant", this.selected ? `span-${this.selected.document.spanId}` : "");
  }

  // Where the axis has marks: a place in sight, and the time there.
  tickTimes() {
    const { axis, model } = this;
    const count = Math.floor((this.ticks.clientWidth || 600) / 110);
    const start = axis.from * model.length;
    const steps = ticks(axis.width * model.length, count);
    const step = steps[1] ?? model.length;
    const first = Math.ceil(start / step) * step;
    return steps.map((_, index) => first + index * step).map((time) => ({ time, place: axis.at(time / model.length) }))
      .filter(({ place }) => place >= 0 && place <= 1);
  }

  drawAxis(times) {
    this.ticks.replaceChildren(...times.map(({ time, place }) =>
      element("span", { position: { left: percent(place) } }, time === 0 ? "0" : duration(time))));
  }

  grid(times) {
    return element("div", { class: "grid" }, times.map(({ place }) =>
      element("i", { class: "grid-line", position: { left: percent(place) } })));
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
    } else if (event.key === "+" || event.key === "-") {
      const around = this.selected ? this.axis.at(this.model.place(this.selected.start)) : 0.5;
      this.axis.zoom(event.key === "+" ? 0.5 : 2, Math.min(1, Math.max(0, around)));
      this.draw();
    } else if (event.key === "0") {
      this.zoomOut();
    } else if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      this.axis.pan(event.key === "ArrowRight" ? 0.2 : -0.2);
      this.draw();
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
