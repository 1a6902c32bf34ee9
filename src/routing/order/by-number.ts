import type { Deployment } from "../../core/deployment.ts";
import { settleRun, type Ties } from "./ties.ts";

/** Moves per deployment that inserting may take before the rest is sorted natively. */
const MOST_MOVES = 8;

/**
 * Sorts by a non-negative integer, lowest first; infinite last; equals as `ties` settles them (null = as they came).
 * Lists come nearly sorted, so inserting is tried first; what is in too much disorder is packed into doubles with its
 * index, which the runtime sorts natively: 8 µs for 500 where comparing takes 34.
 */
export function sortedByNumber(
  deployments: readonly Deployment[],
  numberOf: (deployment: Deployment) => number,
  ties: Ties | null,
): Deployment[] {
  const sorted = deployments.slice();
  if (sorted.length < 2) return sorted;
  const numbers = new Float64Array(sorted.length);
  for (let i = 0; i < sorted.length; i++) {
    const deployment = sorted[i];
    numbers[i] = deployment ? numberOf(deployment) : 0;
  }
  const ordered = insert(sorted, numbers) ? sorted : (packed(sorted, numbers) ?? compared(sorted, numbers));
  if (ties) settleEquals(ordered, numbers, ties);
  return ordered;
}

/** Sorts both in place, stably; false = given up half way, which leaves them in step with each other. */
function insert(sorted: Deployment[], numbers: Float64Array): boolean {
  let moves = sorted.length * MOST_MOVES;
  for (let i = 1; i < sorted.length; i++) {
    const number = numbers[i] ?? 0;
    if ((numbers[i - 1] ?? 0) <= number) continue;
    const deployment = sorted[i];
    let at = i;
    for (; at > 0 && (numbers[at - 1] ?? 0) > number; at--) {
      numbers[at] = numbers[at - 1] ?? 0;
      const moved = sorted[at - 1];
      if (moved) sorted[at] = moved;
    }
    numbers[at] = number;
    if (deployment) sorted[at] = deployment;
    moves -= i - at;
    if (moves < 0) return false;
  }
  return true;
}

/** Leaves `numbers` in the order of the result, infinite as the highest; null = they are too large to be packed. */
function packed(deployments: readonly Deployment[], numbers: Float64Array): Deployment[] | null {
  const size = 2 ** Math.ceil(Math.log2(numbers.length));
  let largest = 0;
  for (const number of numbers) if (number > largest && number !== Number.POSITIVE_INFINITY) largest = number;
  if ((largest + 2) * size > Number.MAX_SAFE_INTEGER) return null;
  for (let i = 0; i < numbers.length; i++) numbers[i] = Math.min(numbers[i] ?? 0, largest + 1) * size + i;
  numbers.sort();
  const sorted: Deployment[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const key = numbers[i] ?? 0;
    const number = Math.floor(key / size);
    numbers[i] = number;
    const deployment = deployments[key - number * size];
    if (deployment) sorted.push(deployment);
  }
  return sorted;
}

/** Leaves `numbers` in the order of the result. */
function compared(deployments: readonly Deployment[], numbers: Float64Array): Deployment[] {
  const pairs = deployments.map((deployment, index) => ({ deployment, number: numbers[index] ?? 0 }));
  pairs.sort((a, b) => (a.number === b.number ? 0 : a.number < b.number ? -1 : 1));
  return pairs.map(({ deployment, number }, index) => {
    numbers[index] = number;
    return deployment;
  });
}

function settleEquals(sorted: Deployment[], numbers: Float64Array, ties: Ties): void {
  let start = 0;
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && numbers[i] === numbers[start]) continue;
    if (i - start > 1) settleRun(sorted, start, i, ties);
    start = i;
  }
}
