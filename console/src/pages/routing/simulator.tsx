import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiFailure, api } from "../../api.ts";
import type { Decision } from "../../api-types.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { DecisionTables } from "../../parts/decision.tsx";
import { Field, TextField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { Facts } from "../../parts/page.tsx";

/** Null = more than a prompt: the text is a whole request. */
function bodyOf(model: string, prompt: string): unknown {
  const text = prompt.trim();
  if (text.startsWith("{")) {
    const body = JSON.parse(text);
    return model === "" ? body : { ...body, model };
  }
  return { ...(model === "" ? {} : { model }), messages: [{ role: "user", content: prompt }] };
}

/** Where a request would go and why, without anybody being called. */
export function Simulator() {
  const [search, change] = usePage("/routing");
  const [prompt, setPrompt] = useState("");
  const decide = useMutation({ mutationFn: async () => api.decide(bodyOf(search.model ?? "", prompt)) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    decide.mutate();
  };
  return (
    <div className="grid min-w-0 gap-5">
      <form onSubmit={submit} className="grid gap-4 lg:grid-cols-[18rem_minmax(0,1fr)_auto] lg:items-end">
        <TextField
          label="Model"
          data-filter=""
          placeholder="auto"
          value={search.model ?? ""}
          onChange={(event) => change({ model: event.target.value || undefined })}
        />
        <Field label="Prompt, or a whole request as JSON">
          {(wiring) => (
            <textarea
              {...wiring}
              rows={2}
              className="field"
              value={prompt}
              onChange={(event) => setPrompt(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" kind="main" isBusy={decide.isPending}>
          Decide
        </Button>
      </form>
      <div aria-live="polite" className="min-w-0">
        {decide.error && <Refused error={decide.error} />}
        {decide.data && <Decided decision={decide.data} />}
      </div>
    </div>
  );
}

/** What the request itself would be refused with; where nobody is left, why each was left out. */
function Refused({ error }: { error: Error }) {
  const excluded = error instanceof ApiFailure ? error.metadata.excluded : undefined;
  return (
    <div className="grid gap-4">
      <Note tone="bad" role="alert">
        {error instanceof SyntaxError ? "This is no valid JSON." : error.message}
      </Note>
      {Array.isArray(excluded) && <DecisionTables candidates={[]} excluded={excluded} />}
    </div>
  );
}

function Decided({ decision }: { decision: Decision }) {
  const { reason, form, rule, task, industry, suggested_industry } = decision;
  const scores = Object.entries(task.scores).sort(([, a], [, b]) => b - a);
  return (
    <div className="grid min-w-0 gap-5">
      <Facts
        facts={[
          ["Why", reason],
          ["Form", form],
          ["Rule", rule ?? "none"],
          [
            "Task",
            `${task.name} (${scores.map(([name, score]) => `${name} ${Math.round(score * 100) / 100}`).join(", ")})`,
          ],
          [
            "Industry",
            industry ?? (suggested_industry ? `none told; it looks like ${suggested_industry}` : "none"),
          ],
        ]}
      />
      <DecisionTables candidates={decision.candidates} excluded={decision.excluded} />
    </div>
  );
}
