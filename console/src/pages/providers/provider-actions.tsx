import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import type { Provider, ProviderTest } from "../../api-types.ts";
import { showDuration } from "../../core/format.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { TextField } from "../../parts/field.tsx";
import { placeOf } from "../../parts/file-badge.tsx";
import { Note } from "../../parts/notice.tsx";

type Asked = "remove" | "rotate" | null;

/** What can be done with a provider; of one from the configuration file, what cannot be done here, and where it can. */
export function ProviderActions({ provider }: { provider: Provider }) {
  const { id, draining, source, origin } = provider;
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>(null);
  const [, change] = usePage("/providers");
  const again = () => client.invalidateQueries({ queryKey: ["providers"] });
  const test = useMutation({ mutationFn: () => api.testProvider(id), onSettled: again });
  const drain = useMutation({ mutationFn: () => api.drainProvider(id, !draining), onSettled: again });
  const reset = useMutation({ mutationFn: () => api.resetProvider(id), onSettled: again });
  const isResting = provider.deployments.some(({ rest, breaker }) => rest !== null || breaker !== "closed");
  const isFixed = source !== "api";
  const where = origin ? `Changed in ${placeOf(origin)}` : "Not added here, so not changed here";
  const failed = test.error ?? drain.error ?? reset.error;
  const named = <span className="sr-only">{id}</span>;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <Button isBusy={test.isPending} onClick={() => test.mutate()}>
          Test {named}
        </Button>
        <Button isBusy={drain.isPending} onClick={() => drain.mutate()}>
          {draining ? "Take back" : "Drain"} {named}
        </Button>
        {isResting && (
          <Button isBusy={reset.isPending} onClick={() => reset.mutate()}>
            Reset breaker {named}
          </Button>
        )}
        <Button disabled={isFixed} title={isFixed ? where : undefined} onClick={() => setAsked("rotate")}>
          New credential {named}
        </Button>
        {source === "built_in" ? null : isFixed ? (
          <Button onClick={() => change({ add: "1", copy: id }, true)}>Copy to editable {named}</Button>
        ) : (
          <Button kind="danger" onClick={() => setAsked("remove")}>
            Remove {named}
          </Button>
        )}
      </div>
      {isFixed && origin && (
        <p className="text-quiet">
          {where}: it is read again at once. Credential and address are not changed here.
        </p>
      )}
      <div role="status">
        {test.data && <Tested test={test.data} />}
        {failed && <Note tone="bad">{failed.message}</Note>}
      </div>
      {asked === "remove" && <Remove id={id} onClose={() => setAsked(null)} onDone={again} />}
      {asked === "rotate" && <Rotate id={id} onClose={() => setAsked(null)} onDone={again} />}
    </div>
  );
}

interface Asking {
  id: string;
  onClose: () => void;
  onDone: () => unknown;
}

function Remove({ id, onClose, onDone }: Asking) {
  const remove = useMutation({
    mutationFn: () => api.removeProvider(id),
    onSuccess: () => {
      onClose();
      onDone();
    },
  });
  return (
    <Confirm
      title={`Remove ${id}?`}
      action="Remove it"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      It takes no new requests; those under way end. Its credential is deleted.
    </Confirm>
  );
}

/** The new one is used for the next request on, and asked with at once. */
function Rotate({ id, onClose, onDone }: Asking) {
  const [key, setKey] = useState("");
  const rotate = useMutation({
    mutationFn: async () => {
      await api.updateProvider(id, { api_key: key });
      return api.testProvider(id);
    },
    onSettled: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rotate.mutate();
  };
  return (
    <Dialog title={`New credential of ${id}`} onClose={onClose}>
      {rotate.data ? (
        <div className="grid gap-4">
          <p>The new credential is in use.</p>
          <Tested test={rotate.data} />
          <div className="flex justify-end">
            <Button kind="main" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <form onSubmit={submit} className="grid gap-4">
          <TextField
            label="API key"
            type="password"
            required
            autoComplete="new-password"
            hint="It takes the place of the one before at once. Kept encrypted, never shown again."
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
          {rotate.error && (
            <Note tone="bad" role="alert">
              {rotate.error.message}
            </Note>
          )}
          <div className="flex justify-end">
            <Button type="submit" kind="main" isBusy={rotate.isPending}>
              Replace and test
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

export function Tested({ test }: { test: ProviderTest }) {
  return test.ok ? (
    <Note tone="ok">
      It answered in {showDuration(test.latency_ms)} and lists {test.models} models.
    </Note>
  ) : (
    <Note tone="bad">
      {test.fault?.replaceAll("_", " ")}
      {test.http_status ? `, status ${test.http_status}` : ""}, after {showDuration(test.latency_ms)}.
    </Note>
  );
}
