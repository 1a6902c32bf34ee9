/**
 * Latencies counted in buckets that grow by a constant factor: a value told from one is at most 2 % off the real one,
 * and adding up two loses nothing. https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
 */
export const RELATIVE_ERROR = 0.02;

const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
/** What `ln` of microseconds is multiplied by, here and in SQL. */
export const BUCKETS_PER_LN = 1 / Math.log(GROWTH);

/** Half a day of microseconds is in bucket 600; whatever takes longer than months is in the last one. */
export const LAST_BUCKET = 1023;

/** Requests by bucket. */
export type Histogram = Map<number, number>;

/** The bucket of a latency in microseconds: `i` holds what is above `GROWTH^(i-1)` and at most `GROWTH^i`. */
export function bucketOf(latencyUs: number): number {
  return latencyUs <= 1 ? 0 : Math.min(Math.ceil(Math.log(latencyUs) * BUCKETS_PER_LN), LAST_BUCKET);
}

/** The milliseconds that are at most 2 % off everything in the bucket. */
function middleMs(bucket: number): number {
  return bucket === 0 ? 0.001 : (2 * GROWTH ** bucket) / (GROWTH + 1) / 1000;
}

export function count(histogram: Histogram, bucket: number, requests = 1): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + requests);
}

export function addHistogram(to: Histogram, from: Histogram): void {
  for (const [bucket, requests] of from) count(to, bucket, requests);
}

/** The latency that `percent` of the requests did not exceed (nearest rank), in ms; null = there is none. */
export function percentileMs(histogram: Histogram, percent: number): number | null {
  const buckets = [...histogram].sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, requests]) => sum + requests, 0);
  let seen = 0;
  for (const [bucket, requests] of buckets) {
    seen += requests;
    if (seen * 100 >= total * percent) return Math.round(middleMs(bucket) * 1000) / 1000;
  }
  return null;
}

/** As it is kept: pairs of bucket and count, each in groups of seven bits, the last one of a number below 128. */
export function encodeHistogram(histogram: Histogram): Uint8Array {
  const bytes: number[] = [];
  for (const [bucket, requests] of histogram) {
    writeNumber(bytes, bucket);
    writeNumber(bytes, requests);
  }
  return Uint8Array.from(bytes);
}

function writeNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push(128 + (rest % 128));
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** Adds what was encoded to `to`. */
export function decodeHistogram(bytes: Uint8Array, to: Histogram = new Map()): Histogram {
  eachBucket(bytes, (bucket, requests) => count(to, bucket, requests));
  return to;
}

/** Many of them as one: a month of a busy gateway has half a million buckets. */
export function mergeEncoded(histograms: Iterable<Uint8Array>): Uint8Array {
  const sums = new Float64Array(LAST_BUCKET + 1);
  for (const bytes of histograms)
    eachBucket(bytes, (bucket, requests) => {
      sums[bucket] = (sums[bucket] ?? 0) + requests;
    });
  return encodeHistogram(new Map([...sums.entries()].filter(([, requests]) => requests > 0)));
}

function eachBucket(bytes: Uint8Array, visit: (bucket: number, requests: number) => void): void {
  let bucket = -1;
  let value = 0;
  let scale = 1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    if (bucket < 0) bucket = value;
    else {
      visit(bucket, value);
      bucket = -1;
    }
    value = 0;
    scale = 1;
  }
}
