import type { JsonObject } from "../../../core/json.ts";
import type { CacheMark } from "../../translate/parts.ts";

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching#how-many-breakpoints */
const MOST_MARKS = 4;
const LIFETIMES = ["5m", "1h"];

/** The cache marks of one request, in the order in which Anthropic reads it: tools, system, messages. */
export class CacheMarks {
  private readonly marked: JsonObject[] = [];
  private isLifetimeLost = false;

  /** Puts the mark on a block, which is being made; returns the block. */
  mark(block: JsonObject, mark: CacheMark | null): JsonObject {
    if (!mark) return block;
    block.cache_control = this.written(mark);
    this.marked.push(block);
    return block;
  }

  /**
   * Takes off what is too much, the first ones: the later a mark stands, the more of the prompt it covers. `isAutomatic`:
   * a mark of the whole request takes one place. Returns the request fields that were lost.
   */
  limit(isAutomatic: boolean): string[] {
    const most = isAutomatic ? MOST_MARKS - 1 : MOST_MARKS;
    const excess = this.marked.slice(0, Math.max(0, this.marked.length - most));
    for (const block of excess) delete block.cache_control;
    return [
      ...(excess.length > 0 ? ["cache_control"] : []),
      ...(this.isLifetimeLost ? ["cache_control.ttl"] : []),
    ];
  }

  written({ ttl }: CacheMark): JsonObject {
    if (ttl !== null && LIFETIMES.includes(ttl)) return { type: "ephemeral", ttl };
    this.isLifetimeLost ||= ttl !== null;
    return { type: "ephemeral" };
  }
}
