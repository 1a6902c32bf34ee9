import { createHash } from "node:crypto";
import { fittingId } from "../openai/tool-call-ids.ts";
import type { BedrockModel } from "./models.ts";

/**
 * The ids of one conversation's tool calls as Bedrock takes them: of few characters, at most 64, and each only once. One
 * of another provider becomes one made of its hash, the same in every turn, and its result with it.
 */
export class CallIds {
  private readonly kind: BedrockModel["callIds"];
  private readonly seen = new Map<string, number>();
  /** By the client's id: what its calls are called here, those still without a result first. */
  private readonly open = new Map<string, string[]>();
  private readonly last = new Map<string, string>();

  constructor(kind: BedrockModel["callIds"]) {
    this.kind = kind;
  }

  ofCall(id: string): string {
    const count = (this.seen.get(id) ?? 0) + 1;
    this.seen.set(id, count);
    const given = this.written(count === 1 ? id : `${id}#${count}`);
    const open = this.open.get(id);
    if (open) open.push(given);
    else this.open.set(id, [given]);
    return given;
  }

  ofResult(id: string): string {
    const given = this.open.get(id)?.shift() ?? this.last.get(id) ?? this.written(id);
    this.last.set(id, given);
    return given;
  }

  private written(id: string): string {
    if (this.kind === "nine") return fittingId(id, "nine-alphanumerics");
    if (/^[a-zA-Z0-9_-]{1,64}$/.test(id)) return id;
    return `call_${createHash("sha256").update(id).digest("base64url").slice(0, 24)}`;
  }
}
