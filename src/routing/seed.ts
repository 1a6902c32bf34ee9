/** A request's number as a fraction in [0, 1), evenly spread: chance that comes out alike whenever it is asked again. */
export function seedOf(sequence: number): number {
  const low = (sequence % 2 ** 32) | 0;
  const high = Math.floor(sequence / 2 ** 32) | 0;
  let mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  mixed ^= mixed >>> 13;
  return (mixed >>> 0) / 2 ** 32;
}
