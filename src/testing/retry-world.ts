import { expect } from "bun:test";
import type { Asked } from "../gateway/asked.ts";
import { Idempotency, type IdempotencyBounds } from "../gateway/idempotency.ts";
import type { Listener } from "../gateway/listener.ts";
import { type FixedClock, fixedClock } from "./clock.ts";
import { ScriptedLead } from "./scripted-lead.ts";

/** A request that called its provider, and what the provider sent. */
export interface Call {
  asked: Asked;
  lead: ScriptedLead;
  sent: string;
  isStream: boolean | null;
  /** The provider said all it will. */
  isEnding: boolean;
  /** Monotonic; null = it goes on. */
  endedMs: number | null;
}

/** One client that was given an answer, its own call's or another's. */
export interface Client {
  call: Call;
  listener: Listener;
  received: string;
  state: "reading" | "whole" | "failed" | "left";
  /** Reads its next piece; null = it waits for one. */
  readNext: (() => void) | null;
  isEager: boolean;
}

/** Everything that has become of a random course of requests, and what has to hold of it at any moment. */
export class RetryWorld {
  readonly kept: Idempotency;
  readonly bounds: IdempotencyBounds;
  readonly clock: FixedClock = fixedClock(0);
  readonly calls: Call[] = [];
  readonly clients: Client[] = [];
  refusals = 0;

  constructor(bounds: IdempotencyBounds) {
    this.bounds = bounds;
    this.kept = new Idempotency(this.clock, bounds);
  }

  get going(): Call[] {
    return this.calls.filter(({ endedMs, lead }) => endedMs === null && lead.row !== "canceled");
  }

  get reading(): Client[] {
    return this.clients.filter(({ state }) => state === "reading");
  }

  request(asked: Asked, isEager: boolean): void {
    const found = this.kept.find(asked);
    if (found && "code" in found) {
      this.refusals += 1;
      return this.checkRefusal(asked, found.code);
    }
    const call = found ? this.callOf(asked) : this.newCall(asked);
    const shared = found ?? this.kept.begin(asked, call.lead);
    const listener = shared.listen(() => {});
    const client: Client = { call, listener, received: "", state: "reading", readNext: null, isEager };
    this.clients.push(client);
    void this.read(client);
  }

  hangUp(client: Client): void {
    client.state = "left";
    client.listener.leave();
    client.readNext?.();
  }

  end(call: Call, how: "ok" | "failed" | "broken"): void {
    if (call.isEnding) return;
    call.isEnding = true;
    // What is recorded as answered does not break any more.
    if (call.isStream) call.lead.end(call.lead.row === "ok" ? "ok" : how);
    else if (call.isStream === null) {
      call.isStream = false;
      call.sent = `${this.calls.indexOf(call)}:whole`;
      call.lead.reply(call.sent, how === "ok" ? "ok" : "failed");
    }
  }

  write(call: Call, bytes: number): void {
    if (call.isStream === false || call.isEnding) return;
    if (call.isStream === null) call.lead.startStream();
    call.isStream = true;
    const piece = `${this.calls.indexOf(call)}:`.padEnd(bytes, "x");
    call.sent += piece;
    call.lead.write(piece);
  }

  /** Lets everybody do what he can. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await new Promise((later) => setImmediate(later));
  }

  check(): void {
    expect(this.kept.bytes).toBeLessThanOrEqual(this.bounds.bytes);
    for (const { call, received, state } of this.clients) {
      // Not toStartWith: these are long.
      if (!call.sent.startsWith(received)) expect(received).toBe(call.sent);
      if (state === "whole" && received !== call.sent) expect(received).toBe(call.sent);
      if (state === "failed") expect(this.mayFail(call)).toBe(true);
    }
    const ids = this.going.map(({ asked }) => `${asked.keyId} ${asked.idempotencyKey}`);
    expect(new Set(ids).size).toBe(ids.length);
  }

  /** A client's connection may break where its provider's did, or where the answer was too long to be shared. */
  private mayFail({ lead, sent }: Call): boolean {
    return lead.row === "failed" || sent.length > this.bounds.answerBytes / 2 || this.isTight;
  }

  /** There may be no room for what is well below the length of one answer. */
  get isTight(): boolean {
    return this.bounds.bytes < 2 ** 20;
  }

  private newCall(asked: Asked): Call {
    const lead = new ScriptedLead(() => {
      call.endedMs = this.clock.monotonic();
    });
    const call: Call = { asked, lead, sent: "", isStream: null, isEnding: false, endedMs: null };
    const nowMs = this.clock.monotonic();
    const paid = this.calls.filter(
      ({ asked: { keyId, idempotencyKey }, lead: { row }, endedMs, sent }) =>
        keyId === asked.keyId &&
        idempotencyKey === asked.idempotencyKey &&
        row === "ok" &&
        sent.length <= this.bounds.answerBytes &&
        nowMs - (endedMs ?? nowMs) < this.bounds.keptMs,
    );
    if (!this.isTight) expect(paid).toEqual([]);
    this.calls.push(call);
    return call;
  }

  /** The call whose answer is given: of the same key, `Idempotency-Key` and body, or it is a leak. */
  private callOf(asked: Asked): Call {
    const call = this.calls.findLast(
      ({ asked: { keyId, idempotencyKey }, lead }) =>
        keyId === asked.keyId && idempotencyKey === asked.idempotencyKey && lead.row !== "canceled",
    );
    expect(call?.asked).toEqual(asked);
    if (!call) throw new Error("an answer without a call");
    if (call.endedMs !== null) {
      expect(call.lead.row).toBe("ok");
      expect(this.clock.monotonic() - call.endedMs).toBeLessThan(this.bounds.keptMs);
    }
    return call;
  }

  private checkRefusal({ keyId, idempotencyKey, fingerprint }: Asked, code: string): void {
    const same = this.calls.filter(
      ({ asked }) => asked.keyId === keyId && asked.idempotencyKey === idempotencyKey,
    );
    if (code === "idempotency_mismatch")
      expect(same.some(({ asked }) => asked.fingerprint !== fingerprint)).toBe(true);
    else expect(same.some((call) => this.going.includes(call) && this.mayFail(call))).toBe(true);
  }

  private async read(client: Client): Promise<void> {
    try {
      const reader = (await client.listener.response()).body?.getReader();
      const decoder = new TextDecoder();
      while (client.state === "reading") {
        if (!client.isEager) await new Promise<void>((next) => (client.readNext = next));
        client.readNext = null;
        if (client.state !== "reading") break;
        const read = await reader?.read();
        if (client.state !== "reading") break;
        if (!read || read.done) client.state = "whole";
        else client.received += decoder.decode(read.value);
      }
      await reader?.cancel();
    } catch {
      if (client.state === "reading") client.state = "failed";
    }
  }
}
