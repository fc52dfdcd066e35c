// A job chain as its spans tell it: jobs, their attempts, and what each waited for, on one time axis that begins at zero.
// Times are nanoseconds after the chain's start.
import { connect, Span } from "./model.js";

// Waits in the order in which they come before an attempt.
export const waitKinds = ["blocked", "schedule", "backoff", "queue"];
const producerOperations = new Set(["start", "schedule", "create", "continue"]);

export class ChainModel {
  // `around` has what is known of the chains that this one waits for: their types, and whether they have ended.
  constructor(chainID, documents, { around = new Map(), now = Date.now() } = {}) {
    this.id = chainID;
    this.around = around;
    this.spans = new Map();
    for (const document of documents) {
      const span = new Span(document, false);
      this.spans.set(span.key, span);
    }
    connect(this.spans);
    const own = [...this.spans.values()].filter((span) => chainOf(span) === chainID);
    this.ending = own.find((span) => span.operation === "chain" && span.kind === "internal") ?? null;
    this.base = own.reduce((least, span) => (span.start < least ? span.start : least), own[0]?.start ?? 0n);
    this.lastHeard = Math.max(0, ...own.map((span) => this.place(span.end)));
    this.now = Number(BigInt(Math.round(now)) * 1000000n - this.base);
    this.jobs = this.makeJobs(own);
    this.type = this.ending?.attributes.get("queuert.chain.type") ?? this.jobs[0]?.chainType ?? "";
    this.close();
    this.timeline = this.walk();
    this.traces = this.makeTraces(own);
  }

  place(time) { return Number(time - this.base); }

  get services() { return [...new Set([...this.spans.values()].map((span) => span.service))].sort(); }
  get attempts() { return this.jobs.flatMap((job) => job.attempts); }
  get failedAttempts() { return this.attempts.filter((attempt) => attempt.isFailure); }

  makeJobs(own) {
    const jobs = new Map();
    for (const span of own) {
      const id = span.attributes.get("queuert.job.id");
      if (!id || span.attributes.get("queuert.chain.deduplicated") === "true") continue;
      if (neverWas(span)) continue;
      if (!jobs.has(id)) jobs.set(id, new Job(id));
      jobs.get(id).add(span);
    }
    const list = [...jobs.values()];
    for (const job of list) job.arrange(this);
    return list.sort((left, right) => left.index - right.index || left.created - right.created);
  }

  // What is open ends at the chain's end or, if that is open too, a little after what was heard last.
  close() {
    const last = this.jobs.at(-1);
    const cancelled = this.ending?.isError ?? false;
    this.isOpen = !this.ending && !(last?.isOver ?? false);
    // A job that has used up its attempts ends no chain: it may be redriven.
    this.hasFailed = !this.ending && (last?.hasFailed ?? false);
    this.state = cancelled ? "cancelled" : this.ending ? "completed" : this.hasFailed ? "failed"
      : this.isOpen ? last?.openState ?? "running" : "completed";
    const heard = Math.max(this.lastHeard, ...this.jobs.map((job) => job.end));
    this.end = this.ending ? this.place(this.ending.end) : heard;
    this.length = Math.max(1, this.end);
    if (this.isOpen) {
      const tail = Math.max(heard * 0.25, 5e8);
      this.edge = Math.max(heard + tail * 0.2, Math.min(this.now, heard + tail));
    } else {
      this.edge = Math.max(heard, this.end, 1);
    }
    for (const job of this.jobs) job.close(this.isOpen && job === last ? this.edge : null, this.end);
  }

  // Where each moment went: parts that follow each other without a gap and add up to the chain's length.
  walk() {
    const end = this.isOpen ? this.edge : this.end;
    const parts = this.jobs.flatMap((job) => job.parts).sort((left, right) => left.start - right.start);
    const timeline = [];
    let cursor = 0;
    for (const part of parts) {
      const stop = Math.min(part.end, end);
      if (stop <= cursor) continue;
      if (part.start > cursor) timeline.push({ kind: cursor === 0 ? "starting" : "other", start: cursor, end: part.start });
      timeline.push({ ...part, start: Math.max(cursor, part.start), end: stop, part });
      cursor = stop;
    }
    if (end > cursor) timeline.push({ kind: "other", start: cursor, end });
    return timeline;
  }

  makeTraces(own) {
    const traces = new Map();
    for (const span of own) {
      const id = span.document.traceId;
      const trace = traces.get(id) ?? { id, start: Infinity, end: 0, spanCount: 0, segment: null };
      // What tells of a wait or the whole chain is written into an early trace, long after.
      if (!span.isPassive) {
        trace.start = Math.min(trace.start, this.place(span.start));
        trace.end = Math.max(trace.end, this.place(span.end));
        trace.segment ??= span.attributes.get("queuert.chain.segment") ?? null;
      }
      trace.spanCount += 1;
      traces.set(id, trace);
    }
    return [...traces.values()].filter((trace) => trace.start < Infinity).sort((left, right) => left.start - right.start);
  }
}

export function chainOf(span) {
  return span.text("messaging.message.conversation_id") ?? span.text("queuert.chain.id");
}

// Whether what a span tells of was never written: its transaction was rolled back, or it was refused.
function neverWas(span) {
  if (span.attributes.get("queuert.transaction.outcome") === "rolled_back") return true;
  return span.isError && (span.kind === "producer"
    || span.operation === "complete" && span.outgoing.some((connection) => connection.type === "creation"));
}

class Job {
  constructor(id) {
    this.id = id;
    this.type = "";
    this.chainType = "";
    this.index = 0;
    this.producer = null;
    this.attempts = [];
    this.blockers = [];
    this.waits = [];
    this.phases = [];
    this.completion = null;
    this.parts = [];
    this.chain = null;
  }

  add(span) {
    const { attributes } = span;
    this.type ||= attributes.get("queuert.job.type") ?? "";
    this.chainType ||= attributes.get("queuert.chain.type") ?? "";
    if (attributes.has("queuert.chain.index")) this.index = Number(attributes.get("queuert.chain.index"));
    if (span.kind === "producer" && producerOperations.has(span.operation)) this.producer ??= span;
    else if (span.kind === "consumer" && span.operation === "process") this.attempts.push(new Attempt(span, this));
    else if (span.operation === "await") this.blockers.push(span);
    else if (span.operation === "wait") this.waits.push(span);
    else if (span.operation === "prepare" || span.operation === "complete") this.phases.push(span);
  }

  arrange(chain) {
    this.chain = chain;
    for (const attempt of this.attempts) attempt.place(chain);
    this.attempts.sort((left, right) => left.start - right.start || left.number - right.number);
    this.blockers = this.blockers.map((span) => ({
      span, start: chain.place(span.start), end: chain.place(span.end),
      chainID: span.attributes.get("queuert.blocker.chain.id") ?? "",
      type: span.attributes.get("queuert.blocker.chain.type") ?? "",
    })).sort((left, right) => right.end - left.end);
    this.findOpenAttempt(chain);
    this.findOpenBlockers(chain);
    this.completion = this.phases.find((span) => span.operation === "complete"
      && span.outgoing.some((connection) => connection.type === "creation")) ?? null;
    const first = this.attempts[0];
    const producerStart = this.producer ? chain.place(this.producer.start) : null;
    this.created = first && first.number <= 1 ? first.waitStart : producerStart ?? first?.waitStart ?? 0;
    if (producerStart !== null && this.created < producerStart) this.created = producerStart;
    if (!first && this.blockers.length > 0) this.created = Math.min(this.created, ...this.blockers.map(({ start }) => start));
    this.scheduledAt = this.producer ? moment(this.producer.attributes.get("queuert.job.scheduled_at"), chain) : null;
    this.end = Math.max(
      this.created, ...this.attempts.map((attempt) => attempt.end),
      this.producer ? chain.place(this.producer.end) : 0, ...this.blockers.map(({ end }) => end),
      this.completion ? chain.place(this.completion.end) : 0);
  }

  // An attempt is told at its end. Until then, what was told of it before gives it away: the wait for its worker, and the
  // phases below it, whose parent isn't there.
  findOpenAttempt(chain) {
    const known = new Set(this.attempts.map((attempt) => attempt.span.document.spanId));
    const lastEnd = Math.max(-1, ...this.attempts.map((attempt) => attempt.end));
    const wait = this.waits.find((span) =>
      !this.attempts.some((attempt) => Math.abs(attempt.start - chain.place(span.end)) < 1e6)
        && chain.place(span.end) > lastEnd);
    const phase = this.phases.find((span) => span.document.parentSpanId && !known.has(span.document.parentSpanId)
      && !chain.spans.has(`${span.document.traceId}/${span.document.parentSpanId}`)
      && chain.place(span.start) > lastEnd && !span.outgoing.some((connection) => connection.type === "creation"));
    if (!wait && !phase) return;
    const start = wait ? chain.place(wait.end) : chain.place(phase.start);
    const evidence = wait ?? phase;
    this.attempts.push(new Attempt(evidence, this, { start, number: this.attempts.length + 1, wait }));
    this.attempts.at(-1).place(chain);
  }

  // A wait is told when it is over. Until then, the span that wrote the job says for which chains it waits.
  findOpenBlockers(chain) {
    this.openBlockers = [];
    this.openBlockerCount = 0;
    if (this.last || !this.producer) return;
    const over = new Set(this.blockers.map((blocker) => blocker.chainID));
    const named = texts(this.producer, "queuert.blocker.chain.ids");
    this.openBlockers = named.filter((id) => !over.has(id) && !chain.around.get(id)?.isEnded).map((id) => ({
      span: null, chainID: id, type: chain.around.get(id)?.type || "a chain", isOpen: true,
      start: chain.place(this.producer.end), end: chain.place(this.producer.end),
    }));
    if (this.openBlockers.length === 0) return;
    const count = Number(this.producer.attributes.get("queuert.blocker.count") ?? named.length);
    this.openBlockerCount = this.openBlockers.length + Math.max(0, count - named.length);
  }

  get isBlocked() { return this.openBlockerCount > 0 && !this.completion; }
  // What it waits for still, and then what it waited for, the last to end first.
  get allBlockers() { return [...this.openBlockers, ...this.blockers]; }
  get last() { return this.attempts.at(-1) ?? null; }
  get hasFailed() { return Boolean(this.last?.isFailure && this.last.rescheduledAt === null && this.last.result === "failed"); }
  get isOver() {
    if (this.completion) return true;
    const { last } = this;
    if (!last || last.isOpen) return false;
    return last.result === "completed" || last.result === "superseded" || last.result === "cancelled" || this.hasFailed;
  }
  get openState() {
    if (this.isBlocked) return "blocked";
    if (this.last?.isOpen) return "running";
    if (this.last?.rescheduledAt !== undefined && this.last?.rescheduledAt !== null) return this.last.isFailure ? "backing off" : "scheduled";
    return this.scheduledAt !== null && !this.last ? "scheduled" : "waiting";
  }
  get state() {
    if (this.completion) return "completed";
    if (!this.last) return this.isBlocked ? "blocked" : "waiting";
    if (this.last.isOpen) return "running";
    return this.hasFailed ? "failed" : this.last.result;
  }
  // An attempt whose number begins anew: somebody had the job, which had failed for good, tried again.
  isRedriven(attempt) {
    const before = this.attempts[this.attempts.indexOf(attempt) - 1];
    return Boolean(before && !attempt.isOpen && attempt.number <= before.number);
  }
  get failures() { return this.attempts.filter((attempt) => attempt.isFailure); }
  total(kind) { return this.parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.end - part.start, 0); }

  // Makes the parts. `edge` is where the axis ends, if this job is the one that the chain has come to.
  close(edge, chainEnd) {
    this.parts = [];
    let cursor = this.created;
    for (const attempt of this.attempts) {
      if (attempt.isOpen) attempt.end = edge ?? Math.max(attempt.start, chainEnd);
      for (const part of attempt.waitParts) {
        if (part.end > cursor) this.push(part.kind, Math.max(part.start, cursor), part.end, attempt, false);
      }
      this.push(attempt.partKind, attempt.start, attempt.end, attempt);
      cursor = Math.max(cursor, attempt.end);
    }
    // Nothing is told while a job waits, so what it waits for is said as far as it is known.
    if (this.openBlockers.length > 0) {
      // A chain that was cancelled waits for nothing any more.
      const isOpen = edge !== null;
      for (const blocker of this.openBlockers) Object.assign(blocker, { isOpen, end: edge ?? chainEnd });
      this.push("blocked", cursor, edge ?? chainEnd, null, isOpen);
      this.end = Math.max(this.end, edge ?? chainEnd);
      if (!isOpen) this.openBlockerCount = 0;
      return;
    }
    if (!this.last && this.blockers.length > 0) {
      const resolved = Math.max(...this.blockers.map(({ end }) => end));
      this.push("blocked", cursor, resolved, null);
      cursor = Math.max(cursor, resolved);
    }
    if (this.completion && !this.last) this.push("outside", cursor, this.end, null);
    if (edge === null || this.last?.isOpen) return;
    const due = this.last ? this.last.rescheduledAt : this.scheduledAt;
    if (due !== null && due > cursor) {
      this.push(this.last?.isFailure ? "backoff" : "schedule", cursor, Math.min(due, edge), null, true);
      cursor = due;
    }
    if (edge > cursor) this.push("waiting", cursor, edge, null, true);
    this.end = Math.max(this.end, edge);
  }

  push(kind, start, end, attempt, isOpen = attempt?.isOpen ?? false) {
    if (end > start || kind.startsWith("run")) this.parts.push({ kind, start, end, attempt, job: this, isOpen });
  }
}

class Attempt {
  constructor(span, job, open = null) {
    this.span = span;
    this.job = job;
    this.isOpen = open !== null;
    this.open = open;
    this.number = open ? open.number : Number(span.attributes.get("queuert.job.attempt") ?? 0) || 1;
    this.result = open ? "running" : span.attributes.get("queuert.attempt.result") ?? (span.isError ? "failed" : "completed");
    this.isLost = this.result === "lost";
    this.isFailure = this.result === "failed" || this.isLost || (!open && span.isError && this.result !== "cancelled");
    this.worker = span.attributes.get("queuert.worker.id") ?? span.attributes.get("messaging.client.id") ?? "";
    this.errorType = open ? "" : span.errorType;
    this.errorText = open ? "" : errorText(span);
  }

  get partKind() { return this.isOpen ? "run-open" : this.isLost ? "run-lost" : this.isFailure ? "run-failed" : "run"; }
  get length() { return this.end - this.start; }
  get waited() { return this.start - this.waitStart; }

  place(chain) {
    this.start = this.open ? this.open.start : chain.place(this.span.start);
    this.end = this.open ? this.open.start : chain.place(this.span.end);
    this.rescheduledAt = this.open ? null : moment(this.span.attributes.get("queuert.rescheduled_at"), chain);
    this.waitParts = [];
    let end = this.start;
    for (const kind of [...waitKinds].reverse()) {
      const length = this.open
        ? (kind === "queue" && this.open.wait ? this.open.wait.length : 0)
        : (Number(this.span.attributes.get(`queuert.job.wait.${kind}_s`)) || 0) * 1e9;
      if (length > 0) this.waitParts.unshift({ kind, start: end - length, end });
      end -= Math.max(0, length);
    }
    this.waitStart = end;
  }
}

function errorText(span) {
  const exception = (span.document.events ?? []).find((event) => event.name === "exception");
  const message = (exception?.attributes ?? []).find((pair) => pair.key === "exception.message");
  return span.document.status?.message || message?.value?.stringValue || "";
}

// The texts of an attribute that is a list.
function texts(span, key) {
  const pair = (span.document.attributes ?? []).find((candidate) => candidate.key === key);
  return (pair?.value?.arrayValue?.values ?? []).map((value) => value.stringValue ?? "").filter(Boolean);
}

// A moment in ISO 8601, as nanoseconds after the chain's start; `null` if there is none.
function moment(text, chain) {
  const milliseconds = text ? Date.parse(text) : NaN;
  return Number.isNaN(milliseconds) ? null : Number(BigInt(Math.round(milliseconds)) * 1000000n - chain.base);
}
