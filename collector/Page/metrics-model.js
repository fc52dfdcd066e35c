// The points of metrics in numbers: what a chart draws of each kind.
import { valueText } from "./format.js";

export const numberOf = (point) => (point.asInt !== undefined ? Number(point.asInt) : Number(point.asDouble ?? 0));

// What has no time has none in JSON either.
export const timeOf = (point) => point.timeUnixNano ?? "0";

export function labelOf(series) {
  const pairs = (series.attributes ?? []).map(({ key, value }) => `${key}=${valueText(value)}`);
  return pairs.join("  ") || "(no attributes)";
}

// The buckets of a histogram's point: up to where each goes, and how many values are in it.
export function buckets(point) {
  if (point.explicitBounds || point.bucketCounts) {
    const bounds = (point.explicitBounds ?? []).map(Number);
    return (point.bucketCounts ?? []).map((count, index) => ({ to: bounds[index] ?? Infinity, count: Number(count) }));
  }
  const base = 2 ** (2 ** -(point.scale ?? 0));
  const side = (part, sign) => (part?.bucketCounts ?? []).map((count, index) => ({
    to: sign * base ** ((part.offset ?? 0) + index + (sign > 0 ? 1 : 0)), count: Number(count),
  }));
  const zero = Number(point.zeroCount ?? 0);
  return [...side(point.negative, -1).reverse(), ...(zero > 0 ? [{ to: 0, count: zero }] : []), ...side(point.positive, 1)];
}

// Where a share of the values lies below, as exactly as buckets tell.
export function quantile(list, share) {
  const whole = list.reduce((sum, bucket) => sum + bucket.count, 0);
  if (whole === 0) return null;
  let seen = 0;
  let from = 0;
  for (const { to, count } of list) {
    if (count > 0 && seen + count >= share * whole) {
      return to === Infinity ? from : from + (to - from) * ((share * whole - seen) / count);
    }
    seen += count;
    if (to !== Infinity) from = to;
  }
  return from;
}

export const exemplarsOf = (series) => series.points.flatMap((point) => point.exemplars ?? []).filter((exemplar) => exemplar.traceId && exemplar.spanId);

// A number with its unit, as UCUM names it.
export function measured(number, unit) {
  if (number === null || Number.isNaN(number)) return "–";
  if (unit === "s") {
    const size = Math.abs(number);
    if (size < 1e-3) return `${digits(number * 1e6)} µs`;
    if (size < 1) return `${digits(number * 1e3)} ms`;
    return `${digits(number)} s`;
  }
  const word = unit?.startsWith("{") ? unit.slice(1, -1) : unit === "1" ? "" : unit ?? "";
  return `${digits(number)}${word ? ` ${word}` : ""}`;
}

function digits(number) {
  const size = Math.abs(number);
  return Number(number.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)).toLocaleString("en");
}
