import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { showCount, showDuration, showUsd } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { Note } from "../../parts/notice.tsx";
import { Facts, Panel } from "../../parts/page.tsx";
import { useMay } from "../../session.tsx";
import type { Told } from "./ask.ts";
import type { Answer } from "./use-answer.ts";

export function Column({ model, answer }: { model: string; answer: Answer }) {
  const { text, told, error, state, firstMs, totalMs } = answer;
  return (
    <Panel title={model === "" ? "auto" : model}>
      <div className="grid gap-4">
        <div
          aria-live="polite"
          aria-busy={state === "asking"}
          className="min-h-24 break-words whitespace-pre-wrap"
        >
          {text}
          {state === "idle" && <span className="text-quiet">Nothing asked yet.</span>}
          {state === "asking" && text === "" && (
            <span className="text-quiet">Waiting for the first word …</span>
          )}
        </div>
        {error && (
          <Note tone="bad" role="alert">
            {error.message}
          </Note>
        )}
        {state !== "idle" && (
          <Facts
            facts={[
              ["First token", showDuration(firstMs)],
              ["Total", showDuration(totalMs)],
            ]}
          />
        )}
        {told && <Decision told={told} isDone={state === "done"} />}
      </div>
    </Panel>
  );
}

/** As the headers told it; cost and tokens are the row's, which is there when the answer ends. */
function Decision({ told, isDone }: { told: Told; isDone: boolean }) {
  const mayRead = useMay("read");
  const { data } = useQuery({
    queryKey: ["log", told.requestId],
    queryFn: () => api.log(told.requestId ?? ""),
    enabled: isDone && mayRead && told.requestId !== null,
    retry: 1,
  });
  return (
    <Facts
      facts={[
        ["Answered by", `${told.provider ?? "nobody"}/${told.model ?? ""}`],
        ["Why", told.reason ?? "not told"],
        ["Fallback", told.isFallback ? "used" : "not used"],
        ["Attempts", told.attempts?.split(",").map((it) => <div key={it}>{it.trim()}</div>) ?? "not told"],
        [
          "Candidates",
          told.candidates?.split(",").map((it) => <div key={it}>{it.trim()}</div>) ?? "not told",
        ],
        ["Cost", data ? showUsd(data.cost_usd) : "…"],
        [
          "Tokens",
          data ? `${showCount(data.prompt_tokens)} in, ${showCount(data.completion_tokens)} out` : "…",
        ],
        [
          "Request",
          mayRead && told.requestId ? (
            <PageLink to="/logs/$id" id={told.requestId}>
              {told.requestId}
            </PageLink>
          ) : (
            (told.requestId ?? "not told")
          ),
        ],
      ]}
    />
  );
}
