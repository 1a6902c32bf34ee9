import fc from "fast-check";

/** One of several, each as often as its share says, which may be a fraction. */
export function mixed<T>(
  ...some: readonly (readonly [share: number, values: fc.Arbitrary<T>])[]
): fc.Arbitrary<T> {
  return fc.oneof(...some.map(([share, arbitrary]) => ({ weight: Math.round(share * 20), arbitrary })));
}
