import type { JsonObject } from "../../../core/json.ts";
import { type Answer, type AnsweredCall, type FinishReason, NO_ANSWER } from "../../translate/completion.ts";
import type { ReasoningDetail } from "../../translate/parts.ts";

/** Who is told what a candidate says: the writer of a stream, or `Answers`, so that both say the same. */
export interface Findings {
  text(text: string, index: number): void;
  reasoning(text: string, index: number): void;
  refusal(text: string, index: number): void;
  image(url: string, index: number): void;
  detail(detail: ReasoningDetail, index: number): void;
  annotation(annotation: JsonObject, index: number): void;
  logprobs(logprobs: JsonObject, index: number): void;
  /** Returns what further arguments are given to. */
  call(call: AnsweredCall, index: number): number;
  callArguments(at: number, text: string, index: number): void;
  finish(finish: FinishReason, raw: string | null, index: number): void;
}

type Written = { -readonly [K in keyof Answer]: Answer[K] };

/** The candidates of a whole answer, in order. */
export class Answers implements Findings {
  private readonly found = new Map<number, Written>();

  get list(): Answer[] {
    return [...this.found].sort(([a], [b]) => a - b).map(([, answer]) => answer);
  }

  at(index: number): Written {
    let answer = this.found.get(index);
    if (!answer) {
      answer = { ...NO_ANSWER };
      this.found.set(index, answer);
    }
    return answer;
  }

  text(text: string, index: number): void {
    this.at(index).text += text;
  }

  reasoning(text: string, index: number): void {
    this.at(index).reasoning += text;
  }

  refusal(text: string, index: number): void {
    const answer = this.at(index);
    answer.refusal = (answer.refusal ?? "") + text;
  }

  image(url: string, index: number): void {
    const answer = this.at(index);
    answer.images = [...(answer.images ?? []), url];
  }

  detail(detail: ReasoningDetail, index: number): void {
    const answer = this.at(index);
    answer.details = [...answer.details, detail];
  }

  annotation(annotation: JsonObject, index: number): void {
    const answer = this.at(index);
    answer.annotations = [...answer.annotations, annotation];
  }

  logprobs(logprobs: JsonObject, index: number): void {
    this.at(index).logprobs = logprobs;
  }

  call(call: AnsweredCall, index: number): number {
    const answer = this.at(index);
    answer.calls = [...answer.calls, call];
    return answer.calls.length - 1;
  }

  callArguments(at: number, text: string, index: number): void {
    const answer = this.at(index);
    answer.calls = answer.calls.map((call, i) =>
      i === at ? { ...call, arguments: call.arguments + text } : call,
    );
  }

  finish(finish: FinishReason, raw: string | null, index: number): void {
    const answer = this.at(index);
    answer.finish = finish;
    answer.rawFinish = raw;
  }
}
