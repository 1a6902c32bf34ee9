import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import { detailsOf, type Part, type ReasoningDetail, type ResultPart } from "../../translate/parts.ts";
import { cachePoint, losesMark } from "./cache-points.ts";
import { CallIds } from "./call-ids.ts";
import { DocumentNames } from "./document-names.ts";
import { audioBlock, fileBlock, imageBlock } from "./media.ts";
import type { BedrockModel } from "./models.ts";

type Place = "message" | "system" | "tools";

/** Writes content blocks, and remembers over one request which ids and names it gave. */
export class BlockWriter {
  readonly calledTools: string[] = [];
  /** The fields of cache marks that could not be written as they were asked for. */
  readonly lostMarks = new Set<string>();
  private readonly model: BedrockModel;
  private readonly ids: CallIds;
  private readonly names = new DocumentNames();

  constructor(model: BedrockModel) {
    this.model = model;
    this.ids = new CallIds(model.callIds);
  }

  /** The blocks of one turn, each marked part with a cache point behind it. */
  write(parts: readonly Part[]): JsonObject[] | Unsupported {
    const blocks: JsonObject[] = [];
    for (const part of parts) {
      const written = this.blocksOf(part);
      if (!Array.isArray(written)) return written;
      blocks.push(...written, ...this.point(part.cache, "message"));
    }
    return blocks;
  }

  point(mark: Part["cache"], place: Place): JsonObject[] {
    if (mark === null) return [];
    if (losesMark(mark, place, this.model)) this.lostMarks.add(mark.field);
    const point = cachePoint(mark, place, this.model);
    return point === null ? [] : [point];
  }

  private blocksOf(part: Part): JsonObject[] | Unsupported {
    switch (part.kind) {
      case "text":
        return [{ text: part.text }];
      case "image":
        return one(imageBlock(part));
      case "file":
        return one(fileBlock(part, this.names));
      case "audio":
        return one(audioBlock(part, this.model));
      case "call":
        this.calledTools.push(part.name);
        return [{ toolUse: { toolUseId: this.ids.ofCall(part.id), name: part.name, input: part.input } }];
      case "result":
        return this.result(part);
      case "reasoning":
        return this.model.issuer === null ? [] : detailsOf([part], this.model.issuer).flatMap(reasoningBlock);
    }
  }

  /** Its own marks stand behind the whole result: a cache point cannot be inside one. */
  private result(part: ResultPart): JsonObject[] | Unsupported {
    const content: JsonObject[] = [];
    for (const inner of part.parts) {
      if (inner.kind === "text" && inner.text.trim() === "") continue;
      const written = this.blocksOf(inner);
      if (!Array.isArray(written)) return written;
      content.push(...written);
    }
    const status = part.isError && this.model.takesResultStatus ? { status: "error" } : {};
    return [
      {
        toolResult: {
          toolUseId: this.ids.ofResult(part.callId),
          content: content.length === 0 ? [{ text: EMPTY_RESULT }] : content,
          ...status,
        },
      },
    ];
  }
}

/** "text content blocks must be non-empty", in results too: https://github.com/NousResearch/hermes-agent/issues/55092 */
const EMPTY_RESULT = "(empty)";

function one(written: JsonObject | Unsupported): JsonObject[] | Unsupported {
  return isUnsupported(written) ? written : [written];
}

function isUnsupported(written: JsonObject | Unsupported): written is Unsupported {
  return typeof written.unsupported === "string";
}

/** What the model said of its reasoning before, byte for byte; what it did not sign is not its own. */
function reasoningBlock(detail: ReasoningDetail): JsonObject[] {
  const { signature, data } = detail;
  if (typeof data === "string") return [{ reasoningContent: { redactedContent: data } }];
  if (typeof signature !== "string") return [];
  const text = typeof detail.text === "string" ? detail.text : "";
  return [{ reasoningContent: { reasoningText: { text, signature } } }];
}
