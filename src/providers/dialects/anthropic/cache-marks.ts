import { isObject, type JsonObject } from "../../../core/json.ts";
import type { CacheMark } from "../../translate/parts.ts";

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching#how-many-breakpoints */
const MOST_MARKS = 4;
const LONG = "1h";
const LIFETIMES = ["5m", LONG];

/** The cache marks of one request, in the order in which Anthropic reads it: tools, system, messages. */
export class CacheMarks {
  private readonly marked: { block: JsonObject; field: CacheMark["field"] }[] = [];
  private isLifetimeLost = false;

  /** Puts the mark on a block, which is being made; returns the block. */
  mark(block: JsonObject, mark: CacheMark | null): JsonObject {
    if (!mark) return block;
    block.cache_control = this.written(mark);
    this.marked.push({ block, field: mark.field });
    return block;
  }

  /**
   * Takes off what is too much, the first ones: the later a mark stands, the more of the prompt it covers. `automatic`:
   * the mark of the whole request takes one place, the last. Returns the request fields that were lost.
   */
  limit(automatic: JsonObject | undefined): string[] {
    const most = automatic ? MOST_MARKS - 1 : MOST_MARKS;
    const count = Math.max(0, this.marked.length - most);
    const excess = this.marked.slice(0, count);
    for (const { block } of excess) delete block.cache_control;
    const kept = this.marked.slice(count).map(({ block }) => block.cache_control);
    this.shorten([...kept, automatic].filter(isObject));
    return [
      ...new Set(excess.map(({ field }) => field)),
      ...(this.isLifetimeLost ? ["cache_control.ttl"] : []),
    ];
  }

  /**
   * "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block": where the order, which is also
   * ours (instructions go to the front), has it so, the later mark is a short one too.
   */
  private shorten(controls: readonly JsonObject[]): void {
    const short = controls.findIndex(({ ttl }) => ttl !== LONG);
    for (const control of short < 0 ? [] : controls.slice(short)) {
      if (control.ttl !== LONG) continue;
      delete control.ttl;
      this.isLifetimeLost = true;
    }
  }

  written({ ttl }: Pick<CacheMark, "ttl">): JsonObject {
    if (ttl !== null && LIFETIMES.includes(ttl)) return { type: "ephemeral", ttl };
    this.isLifetimeLost ||= ttl !== null;
    return { type: "ephemeral" };
  }
}
