import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import type { Org } from "../../api-types.ts";
import { showCount } from "../../core/format.ts";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Note } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";

/** Prompts and answers that are kept, all at once: the rows of their requests stay. */
export function EraseBodies({ org }: { org: Org }) {
  const [isAsking, setAsking] = useState(false);
  const client = useQueryClient();
  const erase = useMutation({
    mutationFn: () => api.eraseBodies(org.id),
    onSuccess: () => {
      setAsking(false);
      void client.invalidateQueries({ queryKey: ["log"] });
    },
  });
  return (
    <Panel title="Prompts and answers that are kept" className="max-w-3xl">
      <div className="grid gap-3">
        <p className="text-quiet">
          They are on the page of each request, for members of the organization, and are deleted by themselves
          after <code>store.body_days</code>. To turn storing off does not erase them.
        </p>
        <div role="status">
          {erase.isSuccess && <Note tone="ok">Erased, of {showCount(erase.data.erased)} requests.</Note>}
        </div>
        <div>
          <Button kind="danger" onClick={() => setAsking(true)}>
            Erase all of them …
          </Button>
        </div>
      </div>
      {isAsking && (
        <Confirm
          title={`Erase what was said at ${org.name}?`}
          action="Erase"
          isBusy={erase.isPending}
          error={erase.error}
          onConfirm={() => erase.mutate()}
          onClose={() => setAsking(false)}
        >
          Prompts and answers of all its requests up to now, for good. The rows, their figures and costs stay.
        </Confirm>
      )}
    </Panel>
  );
}
