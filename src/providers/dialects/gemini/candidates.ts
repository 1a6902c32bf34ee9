import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject } from "../../../core/json.ts";
import { annotationsOf } from "./annotations.ts";
import type { Findings } from "./findings.ts";
import { finishOf } from "./finish.ts";
import { logprobsOf } from "./logprobs.ts";
import { PartialArguments } from "./partial-arguments.ts";
import { signatureDetail } from "./signatures.ts";

const textOr = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** One candidate, as far as it has been told. */
class Candidate {
  text = "";
  /** Anything but reasoning. */
  hasSaid = false;
  hasFinished = false;
  details = 0;
  open: { at: number; pieces: PartialArguments } | null = null;
  grounding: unknown = null;
  readonly annotated = new Set<string>();
}

/** Reads candidates, whole or in the chunks of a stream, and tells what they say. Holds one answer's state. */
export class Candidates {
  private readonly byIndex = new Map<number, Candidate>();
  private isBlocked = false;

  /** Null = nothing wrong. */
  read(reply: JsonObject, findings: Findings): Fault | null {
    if (this.isBlocked) return null;
    const list = Array.isArray(reply.candidates) ? reply.candidates.filter(isObject) : [];
    if (list.length === 0) this.readBlock(reply.promptFeedback, findings);
    for (const [at, candidate] of list.entries()) {
      const index = typeof candidate.index === "number" ? candidate.index : at;
      const broken = this.readOne(candidate, index, findings);
      if (broken) return broken;
    }
    return null;
  }

  /** The prompt was refused: no candidate comes. */
  private readBlock(feedback: unknown, findings: Findings): void {
    const reason = isObject(feedback) ? textOr(feedback.blockReason) : null;
    if (!isObject(feedback) || reason === null || /^BLOCK(ED)?_REASON_UNSPECIFIED$/.test(reason)) return;
    this.isBlocked = true;
    findings.refusal(textOr(feedback.blockReasonMessage) ?? `The prompt was blocked: ${reason}.`, 0);
    findings.finish("content_filter", reason, 0);
  }

  private readOne(raw: JsonObject, index: number, findings: Findings): Fault | null {
    let candidate = this.byIndex.get(index);
    if (!candidate) {
      candidate = new Candidate();
      this.byIndex.set(index, candidate);
    }
    const parts = isObject(raw.content) && Array.isArray(raw.content.parts) ? raw.content.parts : [];
    for (const part of parts) if (isObject(part)) readPart(part, candidate, index, findings);
    const logprobs = logprobsOf(raw.logprobsResult);
    if (logprobs && candidate.hasSaid) findings.logprobs(logprobs, index);
    candidate.grounding = raw.groundingMetadata ?? candidate.grounding;
    const finish = finishOf(raw.finishReason);
    if (finish === "broken") return fault("malformed", `the model ended with ${textOr(raw.finishReason)}`);
    if (finish !== null) {
      candidate.hasFinished = true;
      closeCall(candidate, index, findings);
      if (finish === "content_filter" && !candidate.hasSaid)
        findings.refusal(textOr(raw.finishMessage) ?? `The answer was withheld: ${raw.finishReason}.`, index);
      findings.finish(finish, textOr(raw.finishReason), index);
    }
    if (candidate.hasFinished && candidate.grounding !== null) annotate(candidate, index, findings);
    return null;
  }
}

function readPart(part: JsonObject, candidate: Candidate, index: number, findings: Findings): void {
  const signature = textOr(part.thoughtSignature);
  if (isObject(part.functionCall)) {
    readCall(part.functionCall, signature, candidate, index, findings);
    return;
  }
  const text = textOr(part.text);
  if (text !== null && part.thought === true) findings.reasoning(text, index);
  else if (text !== null) {
    candidate.text += text;
    candidate.hasSaid = true;
    findings.text(text, index);
  }
  const image = part.thought === true ? null : imageIn(part.inlineData);
  if (image !== null) {
    candidate.hasSaid = true;
    findings.image(image, index);
  }
  if (signature !== null) findings.detail(signatureDetail(signature, candidate.details++), index);
}

/** What other parts hold (code that Google ran, its tools' own calls) has no place in OpenAI's answer. */
function imageIn(inlineData: unknown): string | null {
  if (!isObject(inlineData) || typeof inlineData.data !== "string") return null;
  const mediaType = textOr(inlineData.mimeType);
  return mediaType?.startsWith("image/") ? `data:${mediaType};base64,${inlineData.data}` : null;
}

/** Calls come whole, but for Vertex where asked to stream them: a name, then pieces until something else comes. */
function readCall(
  raw: JsonObject,
  signature: string | null,
  candidate: Candidate,
  index: number,
  findings: Findings,
): void {
  const name = textOr(raw.name);
  if (name !== null) {
    closeCall(candidate, index, findings);
    candidate.hasSaid = true;
    const isWhole = raw.partialArgs === undefined && raw.willContinue !== true;
    const text = isWhole ? JSON.stringify(raw.args ?? {}) : "";
    const at = findings.call({ id: textOr(raw.id), name, arguments: text, signature }, index);
    if (!isWhole) candidate.open = { at, pieces: new PartialArguments() };
  }
  candidate.open?.pieces.add(raw.partialArgs);
}

function closeCall(candidate: Candidate, index: number, findings: Findings): void {
  if (candidate.open) findings.callArguments(candidate.open.at, candidate.open.pieces.text, index);
  candidate.open = null;
}

function annotate(candidate: Candidate, index: number, findings: Findings): void {
  for (const annotation of annotationsOf(candidate.grounding, candidate.text)) {
    const key = JSON.stringify(annotation);
    if (candidate.annotated.has(key)) continue;
    candidate.annotated.add(key);
    findings.annotation(annotation, index);
  }
}
