import { hash32 } from "../../src/routing/sticky.ts";

/** Numbers that look drawn and are not: the same name gives the same series on every machine. */
export class Random {
  private state: number;

  constructor(name: string) {
    this.state = hash32(name);
  }

  /** In [0, 1), evenly spread (mulberry32). */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Half lie below `median`; the larger `spread`, the longer the tail. How latencies and lengths are spread. */
  logNormal(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
    return median * Math.exp(spread * normal);
  }

  /** Waiting time until the next of events that come by chance, one every `mean` on average. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.fraction());
  }

  /** Throws if there is nothing to choose from. */
  oneOf<T>(choices: readonly T[]): T {
    const chosen = choices[Math.floor(this.fraction() * choices.length)];
    if (chosen === undefined) throw new Error("nothing to choose from");
    return chosen;
  }

  /** A key, as often as its share says; the shares sum to 1. */
  byShare<K extends string>(shares: Readonly<Record<K, number>>): K {
    let left = this.fraction();
    const keys = Object.keys(shares) as K[];
    for (const key of keys) {
      left -= shares[key];
      if (left < 0) return key;
    }
    return this.oneOf(keys.slice(-1));
  }
}
