import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { api } from "../../api.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { MOST_DRAFT, type Searches } from "../../search.ts";
import { DryRunResult } from "./dry-run-result.tsx";

const HOURS = [
  { value: "24", label: "last 24 hours" },
  { value: "1", label: "last hour" },
  { value: "72", label: "last 3 days" },
  { value: "168", label: "last 7 days" },
] as const;
type Hours = Searches["/routing"]["hours"];

const EXAMPLE = `- name: long-prompts-go-cheap
  priority: 50
  when:
    prompt_tokens: { min: 4000 }
  then:
    strategy: cost
`;

/** As a list's entry, whatever it was written as. */
function forFile(draft: string): string {
  const text = draft.trim();
  if (text.startsWith("- ") || text.startsWith("{") || text.startsWith("rules:")) return `${text}\n`;
  return `${text
    .split("\n")
    .map((line, at) => (at === 0 ? `- ${line}` : `  ${line}`))
    .join("\n")}\n`;
}

/** What a rule would have changed, before anybody writes it into the file. */
export function DryRunPanel() {
  const [search, change] = usePage("/routing");
  const [draft, setDraft] = useState(search.draft ?? EXAMPLE);
  const hours = search.hours ?? "24";
  const run = useMutation({ mutationFn: () => api.dryRun(draft, Number(hours)) });
  useEffect(() => {
    if (search.draft !== undefined) setDraft(search.draft);
  }, [search.draft]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A longer one would be no address any more.
    change({ draft: draft.length <= MOST_DRAFT ? draft : undefined });
    run.mutate();
  };
  return (
    <Panel title="Dry run: what would a rule have changed?">
      <form onSubmit={submit} className="grid gap-3">
        <Field
          label="The rule, in YAML or JSON"
          hint="With the name of a rule that is there it takes its place. Nothing is changed by trying, and nobody is called."
        >
          {(wiring) => (
            <textarea
              {...wiring}
              rows={8}
              spellCheck={false}
              className="field font-mono"
              value={draft}
              onChange={(event) => setDraft(event.target.value)}
            />
          )}
        </Field>
        <div className="flex flex-wrap items-end gap-2">
          <SelectField
            label="On the requests of the"
            value={hours}
            choices={HOURS}
            onChange={(event) => change({ hours: hoursOf(event.target.value) })}
          />
          <Button id="draft-rule" type="submit" kind="main" isBusy={run.isPending}>
            Try it
          </Button>
          <Copy label="Copy for nyuro.yaml" text={() => forFile(draft)} />
        </div>
      </form>
      <div aria-live="polite" className="mt-4 min-w-0">
        {run.error && (
          <Note tone="bad" role="alert">
            {run.error.message}
          </Note>
        )}
        {run.data && !run.error && <DryRunResult result={run.data} />}
      </div>
    </Panel>
  );
}

function hoursOf(value: string): Hours {
  return value === "1" || value === "72" || value === "168" ? value : undefined;
}
