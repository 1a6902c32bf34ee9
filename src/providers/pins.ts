import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Clock } from "../core/clock.ts";
import { type AddressPolicy, refusalOf } from "./address-policy.ts";

/** Resolves a host name to its addresses; rejects where there are none. */
export type Resolve = (host: string) => Promise<string[]>;

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true })).map((entry) => entry.address);

interface Pin {
  addresses: readonly string[];
  /** Which of them is used; moves on when a connection fails. */
  chosen: number;
  resolvedAtMs: number;
  refreshing: boolean;
}

const FRESH_MS = 30_000;
/** A name server that is down must not take a working provider with it. */
const STALE_MS = 5 * 60_000;

/**
 * Checked addresses of host names. Each call connects to a pinned address, so what was checked is what is called;
 * resolving happens off the hot path: an old entry is still used while its successor is looked up.
 */
export class Pins {
  private readonly pins = new Map<string, Pin>();
  /** Look-ups under way, so that a burst of calls asks the name server once. */
  private lookUps = new Map<string, Promise<string>>();
  private readonly resolve: Resolve;
  private readonly clock: Clock;

  constructor(clock: Clock, resolve: Resolve = systemResolve) {
    this.clock = clock;
    this.resolve = resolve;
  }

  /** The address to connect to at once, or null where it must first be looked up. */
  known(host: string, local: boolean, policy: AddressPolicy): string | null {
    const pin = this.pins.get(pinKey(host, local));
    if (!pin) return null;
    const ageMs = this.clock.monotonic() - pin.resolvedAtMs;
    if (ageMs > STALE_MS) return null;
    if (ageMs > FRESH_MS && !pin.refreshing && isIP(host) === 0) {
      pin.refreshing = true;
      this.look(host, local, policy).catch(() => {
        pin.refreshing = false;
      });
    }
    return pin.addresses[pin.chosen] ?? null;
  }

  /** Looks the host up and checks it. Rejects with a sentence for the operator where nothing may be called. */
  look(host: string, local: boolean, policy: AddressPolicy): Promise<string> {
    const key = pinKey(host, local);
    const { lookUps } = this;
    let running = lookUps.get(key);
    if (!running) {
      running = this.lookAfresh(host, local, policy, lookUps).finally(() => lookUps.delete(key));
      lookUps.set(key, running);
    }
    return running;
  }

  /**
   * The addresses of a host that a caller named, checked as for a provider that is not local. Nothing is kept: callers
   * could name any number of hosts. Rejects like `look`.
   */
  async lookOnce(host: string, policy: AddressPolicy): Promise<readonly string[]> {
    const { allowed, refusal } = await this.checked(host, false, policy);
    if (allowed.length === 0) throw new AddressRefused(refusal);
    return allowed;
  }

  /** `refusal` says why none is allowed, where that is so. */
  private async checked(
    host: string,
    local: boolean,
    policy: AddressPolicy,
  ): Promise<{ allowed: readonly string[]; refusal: string }> {
    const addresses = isIP(host) ? [host] : await this.resolve(host);
    const refusals = addresses.map((address) => refusalOf(address, local, policy));
    const allowed = addresses.filter((_, i) => refusals[i] === null);
    return { allowed, refusal: refusals.find((it) => it !== null) ?? `${host} has no address` };
  }

  private async lookAfresh(
    host: string,
    local: boolean,
    policy: AddressPolicy,
    during: Pins["lookUps"],
  ): Promise<string> {
    const { allowed, refusal } = await this.checked(host, local, policy);
    const first = allowed[0];
    /** What was found while the policy changed was checked against the old one, and is not kept. */
    const isCurrent = during === this.lookUps;
    if (first === undefined) {
      if (isCurrent) this.pins.delete(pinKey(host, local));
      throw new AddressRefused(refusal);
    }
    const resolvedAtMs = isIP(host) ? Number.POSITIVE_INFINITY : this.clock.monotonic();
    if (isCurrent)
      this.pins.set(pinKey(host, local), { addresses: allowed, chosen: 0, resolvedAtMs, refreshing: false });
    return first;
  }

  /** The next call goes to the host's next address. True if there is another one. */
  moveOn(host: string, local: boolean): boolean {
    const pin = this.pins.get(pinKey(host, local));
    if (!pin || pin.addresses.length < 2) return false;
    pin.chosen = (pin.chosen + 1) % pin.addresses.length;
    return true;
  }

  /** Forgets everything: the policy changed. */
  clear(): void {
    this.pins.clear();
    this.lookUps = new Map();
  }
}

function pinKey(host: string, local: boolean): string {
  return local ? `${host} local` : host;
}

/** The policy refuses every address of the host. The message is for the operator's log. */
export class AddressRefused extends Error {}
