// Why a chain took as long as it did, in words.
import { clock, counted, day, duration } from "./format.js";

// What a time can be spent with, in the order of a chain's life.
export const kinds = new Map([
  ["starting", "being started"], ["schedule", "scheduled"], ["blocked", "blocked"], ["backoff", "backing off"], ["queue", "queued"],
  ["waiting", "waiting"], ["run", "running"], ["run-failed", "failed attempts"], ["run-lost", "worker lost"],
  ["run-open", "running now"], ["outside", "until completed without a worker"], ["other", "not accounted for"],
]);

// How much of the chain's time each kind took, the greatest first. The lengths add up to the whole.
export function breakdown(model) {
  const shares = new Map();
  for (const entry of model.timeline) {
    const share = shares.get(entry.kind) ?? { kind: entry.kind, length: 0, byJob: new Map() };
    // What is open goes on beyond what is drawn, until now.
    const length = (entry.part?.isOpen ? Math.max(entry.end, model.now) : entry.end) - entry.start;
    share.length += length;
    const job = entry.part?.job;
    if (job) share.byJob.set(job, (share.byJob.get(job) ?? 0) + length);
    shares.set(entry.kind, share);
  }
  const whole = Math.max(1, [...shares.values()].reduce((sum, share) => sum + share.length, 0));
  return [...shares.values()].filter((share) => share.length > 0)
    .map((share) => ({ ...share, share: share.length / whole, words: words(share, model) }))
    .sort((left, right) => right.length - left.length);
}

// One sentence: how long, and what took most of it.
export function headline(model) {
  const parts = breakdown(model);
  const worth = parts.filter((part) => part.share >= 0.08);
  const named = (worth.length > 0 ? worth : parts).slice(0, 3);
  const whole = duration(model.isOpen ? Math.max(model.edge, model.now > 0 ? model.now : 0) : model.end);
  const lead = model.isOpen ? `Under way for ${whole}` : model.hasFailed ? `Failed after ${whole}`
    : model.state === "cancelled" ? `Cancelled after ${whole}` : whole;
  // Where one thing took all of it, how long is said already.
  if (parts.length === 1 || parts[0].share > 0.995) return `${lead}, all of it ${parts[0].words}.`;
  return `${lead}: ${named.map((part) => `${duration(part.length)} ${part.words}`).join(", ")}.`;
}

function words({ kind, byJob }, model) {
  const jobs = [...byJob.entries()].sort((left, right) => right[1] - left[1]).map(([job]) => job);
  const types = [...new Set(jobs.map((job) => job.type))];
  const names = types.length > 2 ? `${types.slice(0, 2).join(", ")} and ${types.length - 2} more` : types.join(" and ");
  switch (kind) {
    case "backoff": return `backing off after ${failures(jobs, isTriedAgain)} of ${names}${untilWhen(jobs, model)}`;
    case "run-failed": return `in ${failures(jobs, (attempt) => attempt.isFailure && !attempt.isLost)} of ${names}${errors(jobs)}`;
    case "run-lost": return `until the lost worker of ${names} was noticed`;
    case "run-open": return `running ${names}, attempt ${jobs[0].last.number}, not ended yet`;
    case "queue": return `waiting for a free worker for ${names}`;
    case "schedule": return `scheduled: ${names} ${dueAt(jobs[0], model)}`;
    case "blocked": return `blocked${blockedBy(jobs)}`;
    case "waiting": return `waiting to run ${names}, or running it already: no span has arrived since`;
    case "outside": return `until ${names} was completed without a worker`;
    case "starting": return "being started, until the job was written";
    case "run": return `running ${names}`;
    default: return "that no span accounts for";
  }
}

function failures(jobs, which) {
  const attempts = jobs.flatMap((job) => job.attempts.filter(which));
  return counted(attempts.length, "failed attempt");
}

function isTriedAgain(attempt) {
  const next = attempt.job.attempts[attempt.job.attempts.indexOf(attempt) + 1];
  return attempt.isFailure && (attempt.rescheduledAt !== null || Boolean(next && !attempt.job.isRedriven(next)));
}

function untilWhen(jobs, model) {
  const open = jobs.find((job) => job.parts.some((part) => part.kind === "backoff" && part.isOpen));
  return open ? `, until ${clock(model.base + BigInt(Math.round(open.last.rescheduledAt))).slice(0, 8)}` : "";
}

function errors(jobs) {
  const types = [...new Set(jobs.flatMap((job) => job.attempts.map((attempt) => attempt.errorType)).filter(Boolean))];
  return types.length > 0 ? ` (${types.slice(0, 3).join(", ")})` : "";
}

function dueAt(job, model) {
  const due = job.scheduledAt ?? job.attempts.find((attempt) => attempt.rescheduledAt !== null)?.rescheduledAt ?? null;
  if (due === null) return "was due later";
  const moment = model.base + BigInt(Math.round(due));
  return `was due ${day(moment) === day(model.base) ? "at" : `on ${day(moment)} at`} ${clock(moment).slice(0, 8)}`;
}

function blockedBy(jobs) {
  const open = jobs.filter((job) => job.isBlocked).flatMap((job) => job.openBlockers);
  if (open.length > 0) {
    const count = jobs.reduce((sum, job) => sum + job.openBlockerCount, 0);
    const types = [...new Set(open.map((blocker) => blocker.type))].slice(0, 2).join(" and ");
    return count === 1 ? ` by the chain ${types}, which hasn't ended` : ` by ${count} chains that haven't ended, such as ${types}`;
  }
  const blockers = jobs.flatMap((job) => job.blockers);
  if (blockers.length === 0) return " by other chains";
  const last = blockers.reduce((latest, blocker) => (blocker.end > latest.end ? blocker : latest));
  if (blockers.length === 1) return ` by the chain ${last.type}`;
  return ` by ${blockers.length} chains, of which ${last.type} was the last to end`;
}
