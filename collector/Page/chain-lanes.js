// The lanes of a chain: a row for each job, attempt and blocker, with bars for what it waited for and when it ran.
import { kinds } from "./chain-story.js";
import { element, svgElement } from "./dom.js";
import { counted, duration, percent, ticks } from "./format.js";

const jobHeight = 36;
const rowHeight = 26;
const mostRows = 600;
const mostBlockers = 5;

export class ChainLanes {
  constructor({ select, load }) {
    this.select = select;
    this.load = load;
    this.opened = new Set();
    // What somebody closed isn't opened for them again.
    this.closed = new Set();
    // The rows that keys reach; which of them was chosen, and for which span.
    this.items = [];
    this.chosen = null;
    this.container = element("section", { class: "panel lanes", id: "lanes", tabindex: "0", role: "tree", "aria-label": "Jobs and attempts" });
    this.container.addEventListener("keydown", (event) => this.key(event));
  }

  open(chainID) { if (!this.closed.has(chainID)) this.opened.add(chainID); }

  show(model, others) {
    this.model = model;
    this.others = others;
    this.draw();
  }

  // Which span is shown beside the lanes.
  setSelected(span) {
    if ((span?.key ?? null) !== (this.chosen?.span ?? null)) this.chosen = span && { span: span.key, row: null };
    this.mark();
  }

  // The row that was chosen. Of a span that was chosen elsewhere it is the last, for a job's row stands for its last attempt
  // as well, which has a row of its own below it.
  get current() {
    if (!this.chosen) return null;
    const { row, span } = this.chosen;
    return this.items.find((item) => item.row === row) ?? this.items.findLast((item) => span && item.span?.key === span) ?? null;
  }

  // A row whose span nobody has told yet is chosen for no span.
  choose(item) {
    this.chosen = { span: item.span?.key ?? null, row: item.row };
    this.select(item.span);
  }

  mark() {
    const { current } = this;
    for (const item of this.items) item.element.setAttribute("aria-selected", String(item === current));
    this.container.setAttribute("aria-activedescendant", current?.element.id ?? "");
  }

  draw() {
    const { model } = this;
    this.length = Math.max(1, model.edge);
    this.rows = [];
    this.items = [];
    this.turns = new Map();
    this.left = 0;
    this.top = 0;
    this.links = [];
    if (model.traces.length > 1) this.addTraces();
    this.addJobs(model, 0, 0);
    const times = ticks(this.length, 7);
    const canvas = element("div", { class: "lane-canvas", position: { height: `${this.top}px` } },
      element("div", { class: "lane-grid", "aria-hidden": "true" },
        times.map((time) => element("i", { position: { left: percent(time / this.length) } })),
        model.traces.slice(1).map((trace) => element("i", { class: "boundary", position: { left: percent(trace.start / this.length) } }))),
      this.rows, this.arrows());
    const hadFocus = this.container.contains(document.activeElement);
    this.container.replaceChildren(
      element("div", { class: "lane-axis", "aria-hidden": "true" }, element("div", { class: "lane-times" },
        times.map((time) => element("span", { position: { left: percent(time / this.length) } }, time === 0 ? "0" : duration(time))))),
      canvas, ...(this.left > 0 ? [element("p", { class: "soft" }, `${counted(this.left, "more row")} not drawn; the table below and the waterfall have them.`)] : []));
    // Whoever pressed what is in a row goes on with the keys.
    if (hadFocus) this.container.focus({ preventScroll: true });
    this.mark();
  }

  // A row. Its bars are placed on the axis of the chain that is looked at. One that can be chosen is called `row`, by what it
  // is about: it is the same when it is drawn anew, whatever came before it. `blocker` says what can be opened below it.
  add({ height, classes = "", depth = 0, name, bars, row = null, span = null, title = null, blocker = null }) {
    if (this.rows.length >= mostRows) return void (this.left += 1);
    const top = this.top;
    this.top += height;
    const item = row === null ? null : { row: this.unique(row), span, blocker };
    const node = element("div", {
      class: `lane-row ${classes}`, position: { top: `${top}px`, height: `${height}px` }, role: item ? "treeitem" : "presentation",
      id: item && `lane-${this.items.length}`, "aria-level": item && String(depth + 1), title,
      "aria-expanded": blocker && String(blocker.isOpen), onclick: item && (() => this.choose(item)),
    }, element("div", { class: "lane-name" }, Array.from({ length: depth }, () => element("i", { class: "guide" })), name),
    element("div", { class: "lane-bars" }, bars));
    if (item) this.items.push(Object.assign(item, { element: node }));
    this.rows.push(node);
    return top + height / 2;
  }

  // A job may wait for the same chain twice.
  unique(row) {
    const turn = this.turns.get(row) ?? 0;
    this.turns.set(row, turn + 1);
    return `${row}#${turn}`;
  }

  addTraces() {
    const { traces } = this.model;
    this.add({
      height: 30, classes: "traces", name: [element("span", { class: "soft" }, counted(traces.length, "linked trace"))],
      bars: traces.map((trace, index) => {
        const end = traces[index + 1]?.start ?? this.length;
        return element("a", {
          class: "trace-strip", href: `#/trace/${trace.id}`, title: `Trace ${trace.id}, ${counted(trace.spanCount, "span")}`,
          position: { left: percent(trace.start / this.length), width: percent((end - trace.start) / this.length) },
        }, `segment ${trace.segment ?? index}`);
      }),
    });
  }

  addJobs(model, offset, depth, above = "") {
    let previous = null;
    for (const job of model.jobs) {
      const row = `${above}/${job.id}`;
      const middle = this.addJob(job, row, offset, depth);
      if (previous && middle) {
        this.links.push({
          from: previous, to: { x: job.created + offset, y: middle },
          isCrossing: previous.trace && job.producer && previous.trace !== job.producer.document.traceId,
        });
      }
      this.addBlockers(job, row, offset, depth + 1);
      let lastMiddle = middle;
      if (job.attempts.length > 1) {
        job.attempts.forEach((attempt, index) => { lastMiddle = this.addAttempt(attempt, `${row} ${index}`, offset, depth + 1); });
      }
      const { last } = job;
      previous = lastMiddle && (last || job.completion)
        ? { x: (last?.end ?? job.end) + offset, y: lastMiddle, trace: (last?.span ?? job.completion).document.traceId } : null;
    }
  }

  addJob(job, row, offset, depth) {
    const single = job.attempts.length === 1 ? job.attempts[0] : null;
    const span = single?.span ?? job.last?.span ?? job.completion ?? job.producer ?? job.blockers[0]?.span ?? null;
    const failures = job.failures.length;
    return this.add({
      height: jobHeight, classes: `job ${job.attempts.length > 1 ? "summary" : ""} ${job.state}`, depth, row, span,
      title: describe(job), name: [
        element("span", { class: "index" }, String(job.index)), element("b", {}, job.type || "(no type)"),
        job.attempts.length > 1 && element("span", { class: "badge" }, `${job.attempts.length} attempts`),
        failures > 0 && single && !single.isLost && errorBadge(single), single && stateBadge(single),
        job.completion && !job.last && element("span", { class: "badge" }, "completed without a worker"),
        job.isBlocked && element("span", { class: "badge open" }, "blocked"),
      ],
      bars: this.bars(job.parts, offset),
    });
  }

  addAttempt(attempt, row, offset, depth) {
    return this.add({
      height: rowHeight, classes: `attempt ${attempt.result}`, depth, row, span: attempt.span,
      title: `attempt ${attempt.number}: ${attempt.result}`,
      name: [element("span", {}, `attempt ${attempt.number}`), attempt.job.isRedriven(attempt) && element("span", { class: "badge" }, "redriven"),
        attempt.isFailure && !attempt.isLost && errorBadge(attempt), stateBadge(attempt)],
      bars: this.bars(attempt.job.parts.filter((part) => part.attempt === attempt), offset),
    });
  }

  addBlockers(job, above, offset, depth) {
    const blockers = job.allBlockers;
    blockers.slice(0, mostBlockers).forEach((blocker, index) => {
      const { chainID } = blocker;
      const other = this.others.get(chainID);
      const isOpen = this.opened.has(chainID) && Boolean(other);
      const row = `${above} ${chainID}`;
      this.add({
        height: rowHeight, classes: `blocker ${index === 0 ? "critical" : ""}`, depth, row, span: blocker.span, blocker: { chainID, isOpen },
        title: `This job ${blocker.isOpen ? "waits" : "waited"} for the chain ${chainID}`,
        name: [
          element("button", {
            class: "caret", type: "button", tabindex: "-1", "aria-label": isOpen ? "Collapse" : "Expand",
            onclick: (event) => { event.stopPropagation(); this.toggle({ chainID, isOpen }); },
          }, isOpen ? "▼" : "▶"),
          element("span", { class: "soft" }, blocker.isOpen ? "waits for" : "waited for"),
          element("a", { href: `#/chain/${encodeURIComponent(chainID)}`, onclick: (event) => event.stopPropagation() }, blocker.type),
          blocker.isOpen && element("span", { class: "badge open" }, "not ended yet"),
          !blocker.isOpen && index === 0 && blockers.length > 1 && element("span", { class: "badge link" }, `last of ${blockers.length} to end`),
        ],
        bars: [bar("blocked", blocker.start + offset, blocker.end + offset, this.length,
          duration(untilNow({ ...blocker, job }) - blocker.start), blocker)],
      });
      if (isOpen) this.addJobs(other, offset + Number(other.base - job.chain.base), depth + 1, row);
    });
    if (blockers.length <= mostBlockers) return;
    const rest = blockers.slice(mostBlockers);
    this.add({
      height: rowHeight, classes: "blocker", depth, name: [element("span", { class: "soft" }, `and ${counted(rest.length, "more chain")}`)],
      bars: rest.slice(0, 300).map((blocker) => element("i", { class: "ended", position: { left: percent((blocker.end + offset) / this.length) } })),
    });
  }

  async toggle({ chainID, isOpen }) {
    const [from, to] = isOpen ? [this.opened, this.closed] : [this.closed, this.opened];
    from.delete(chainID);
    to.add(chainID);
    if (!isOpen) await this.load(chainID);
    this.draw();
  }

  bars(parts, offset) {
    return parts.filter((part) => part.end + offset >= 0).map((part) =>
      bar(part.kind, part.start + offset, part.end + offset, this.length, duration(untilNow(part) - part.start), part));
  }

  // From what a job was continued by to that job; across traces it is a link, else below one parent.
  arrows() {
    const scale = 10_000 / this.length;
    const svg = svgElement("svg", { class: "lane-arrows", viewBox: `0 0 10000 ${Math.max(1, this.top)}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    for (const { from, to, isCrossing } of this.links.slice(0, 400)) {
      const x = [from.x, to.x].map((time) => Math.min(10_000, Math.max(0, time * scale)));
      svg.append(svgElement("path", {
        class: isCrossing ? "crossing" : null, d: `M${x[0]},${from.y} C${x[0]},${(from.y + to.y) / 2} ${x[1]},${(from.y + to.y) / 2} ${x[1]},${to.y - 9}`,
      }));
    }
    return svg;
  }

  key(event) {
    const { items, current } = this;
    const index = items.indexOf(current);
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -items.length, End: items.length };
    if (event.key in moves && items.length > 0) {
      const next = items[index < 0 ? 0 : Math.min(items.length - 1, Math.max(0, index + moves[event.key]))];
      this.choose(next);
      next.element.scrollIntoView({ block: "nearest" });
    } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && index >= 0) {
      if (current.blocker?.isOpen === (event.key === "ArrowLeft")) this.toggle(current.blocker);
    } else if (event.key === "Escape") {
      this.chosen = null;
      this.select(null);
    } else {
      return;
    }
    event.preventDefault();
  }
}

// What is open goes on beyond what is drawn.
const untilNow = (part) => (part.isOpen ? Math.max(part.end, part.job.chain.now) : part.end);

function bar(kind, start, end, length, text, part = null) {
  const left = Math.max(0, start) / length;
  const width = Math.max(0, end - Math.max(0, start)) / length;
  return element("i", {
    class: `part ${kind}${part?.isOpen ? " open" : ""}${kind.startsWith("run") ? " runs" : ""}`,
    position: { left: percent(left), width: percent(width) }, title: `${kinds.get(kind) ?? kind}: ${text}`,
  }, label(kind, text, width));
}

// What is sure to fit: a bar of the whole width holds at least a hundred letters.
function label(kind, text, width) {
  const whole = kind.startsWith("run") ? text : `${kinds.get(kind)} ${text}`;
  const fitting = [whole, text].find((candidate) => candidate.length + 2 < width * 110);
  return fitting ? element("span", {}, fitting) : null;
}

const errorBadge = (attempt) => element("span", { class: "badge error" }, attempt.errorType || attempt.result);

function stateBadge(attempt) {
  if (attempt.isLost) return element("span", { class: "badge lost" }, "worker lost");
  if (attempt.isOpen) return element("span", { class: "badge open" }, "running");
  if (["rescheduled", "cancelled", "superseded"].includes(attempt.result)) return element("span", { class: "badge" }, attempt.result);
  return null;
}

function describe(job) {
  return [`job ${job.id}`, ...job.parts.map((part) => `${kinds.get(part.kind)} ${duration(untilNow(part) - part.start)}`)].join("\n");
}
