import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import type { NewKey } from "../../api-types.ts";
import { Button } from "../../parts/button.tsx";
import { Snippet } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Check } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { SNIPPETS } from "./snippets.ts";

/** The only time a secret is seen: it goes when it is said to be stored. */
export function Secret({ made, onClose }: { made: NewKey; onClose: () => void }) {
  const [isStored, setStored] = useState(false);
  return (
    <Dialog title={`The key of “${made.name}”`} onClose={onClose} canClose={false} isWide>
      <div className="grid min-w-0 gap-4">
        <Note tone="warn">It is shown this once. We keep only what is needed to recognize it.</Note>
        <Snippet label="The key" text={made.key} />
        <Snippets secret={made.key} models={made.allowed_models} />
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <Check
            label="I stored it"
            checked={isStored}
            onChange={(event) => setStored(event.target.checked)}
          />
          <Button kind="main" disabled={!isStored} onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Snippets({ secret, models }: { secret: string; models: readonly string[] | null }) {
  const [chosen, setChosen] = useState<string>("curl");
  const { data } = useQuery({ queryKey: ["catalog", "first"], queryFn: () => api.catalog({ limit: 50 }) });
  const chat = data?.data.find(({ deployments }) => deployments.some(({ kind }) => kind !== "embedding"));
  const snippet = SNIPPETS.find(({ id }) => id === chosen) ?? SNIPPETS[0];
  const model = models?.[0] ?? chat?.id ?? "demo";
  return (
    <div className="grid min-w-0 gap-2">
      <fieldset className="flex flex-wrap gap-1">
        <legend className="pb-1 font-medium">Use it from</legend>
        {SNIPPETS.map(({ id, label }) => (
          <Button
            key={id}
            kind={id === chosen ? "main" : "plain"}
            aria-pressed={id === chosen}
            onClick={() => setChosen(id)}
          >
            {label}
          </Button>
        ))}
      </fieldset>
      {snippet.about && <p className="text-quiet">{snippet.about}</p>}
      <Snippet label={snippet.label} text={snippet.write({ origin: location.origin, key: secret, model })} />
    </div>
  );
}
