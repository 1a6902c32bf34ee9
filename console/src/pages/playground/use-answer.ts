import { useEffect, useRef, useState } from "react";
import { ask, type Question, type Told } from "./ask.ts";

export interface Answer {
  text: string;
  told: Told | null;
  error: Error | null;
  state: "idle" | "asking" | "done";
  firstMs: number | null;
  totalMs: number | null;
}

const IDLE: Answer = { text: "", told: null, error: null, state: "idle", firstMs: null, totalMs: null };

/** One model's answer. Leaving the page, or asking anew, ends the call before. */
export function useAnswer() {
  const [answer, setAnswer] = useState(IDLE);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async (question: Question) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    const startedMs = performance.now();
    const change = (patch: (known: Answer) => Partial<Answer>) => {
      if (abort.current === own) setAnswer((known) => ({ ...known, ...patch(known) }));
    };
    setAnswer({ ...IDLE, state: "asking" });
    const onText = (text: string) =>
      change((known) => ({
        text: known.text + text,
        firstMs: known.firstMs ?? performance.now() - startedMs,
      }));
    const end = (error: Error | null) =>
      change(() => ({ state: "done", error, totalMs: performance.now() - startedMs }));
    try {
      await ask(question, { onTold: (told) => change(() => ({ told })), onText }, own.signal);
      end(null);
    } catch (error) {
      end(own.signal.aborted ? null : error instanceof Error ? error : new Error(String(error)));
    }
  };

  return { answer, start, stop: () => abort.current?.abort() };
}
