import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import type { Reconciliation } from "../../api-types.ts";
import { showCount } from "../../core/format.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Check, Field, SelectField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { isDifferent } from "./causes.ts";
import { ReconciliationTable } from "./reconcile-table.tsx";

/** What the server takes. */
const MOST_BYTES = 8 * 2 ** 20;

/** A provider's own export beside our rows. Nothing of it is kept, here or there. */
export function Reconcile() {
  const [search, change] = usePage("/billing");
  const { data: providers } = useQuery({
    queryKey: ["providers"],
    queryFn: () => api.providers({ limit: 1000 }),
  });
  const [file, setFile] = useState<File | null>(null);
  const ids = providers?.data.map(({ id }) => id) ?? [];
  const provider = search.provider ?? ids[0] ?? "";
  const compare = useMutation({
    mutationFn: async (chosen: File) => api.reconcile(provider, await chosen.text()),
  });
  const isTooLarge = file !== null && file.size > MOST_BYTES;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file && !isTooLarge) compare.mutate(file);
  };
  const known = ids.includes(provider) || provider === "" ? ids : [provider, ...ids];
  return (
    <Panel title="Compare with a provider's own figures" className="print:hidden">
      <form onSubmit={submit} className="flex flex-wrap items-start gap-4">
        <SelectField
          label="Provider"
          value={provider}
          choices={known.map((value) => ({ value, label: value }))}
          onChange={(event) => change({ provider: event.target.value })}
        />
        <Field
          label="Usage or cost export (CSV)"
          hint="As OpenAI and Anthropic export it, or your own with date, model and figures. Nothing is kept."
          problem={isTooLarge ? "It is larger than 8 MiB." : null}
        >
          {(wiring) => (
            <input
              {...wiring}
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              className="field"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          )}
        </Field>
        <Button
          type="submit"
          kind="main"
          className="sm:mt-7"
          disabled={file === null || isTooLarge || provider === ""}
          isBusy={compare.isPending}
        >
          Compare
        </Button>
      </form>
      <div aria-live="polite" className="mt-4 min-w-0">
        {compare.error && (
          <Note tone="bad" role="alert">
            {compare.error.message}
          </Note>
        )}
        {compare.data && !compare.error && <Compared result={compare.data} />}
      </div>
    </Panel>
  );
}

function Compared({ result }: { result: Reconciliation }) {
  const [search, change] = usePage("/billing");
  const different = result.days.filter(isDifferent);
  const isOnly = search.show === "differences";
  return (
    <div className="grid min-w-0 gap-3">
      <Note tone={different.length === 0 ? "ok" : "warn"}>
        {different.length === 0
          ? `All ${showCount(result.days.length)} lines of ${result.provider} agree.`
          : `${showCount(different.length)} of ${showCount(result.days.length)} lines of ${result.provider} differ; only theirs: ${showCount(result.only_theirs)}, only ours: ${showCount(result.only_ours)}.`}{" "}
        Read as {result.form.replaceAll("-", " ")}, {result.from} to {result.to} (UTC days), of all
        organizations. Differences are theirs less ours.
      </Note>
      <Check
        label="Only lines that differ"
        checked={isOnly}
        onChange={(event) => change({ show: event.target.checked ? "differences" : undefined })}
      />
      <ReconciliationTable result={result} lines={isOnly ? different : result.days} />
    </div>
  );
}
