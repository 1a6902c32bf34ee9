import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import type { Session } from "../../api-types.ts";
import { useGo } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Note } from "../../parts/notice.tsx";
import { SESSION } from "../../session.tsx";
import { Door } from "./door.tsx";
import { NOBODY, type PersonFields, PersonInputs } from "./fields.tsx";

interface JoiningProps {
  title: string;
  action: string;
  /** Of the link that led here. */
  token: string | undefined;
  missing: ReactNode;
  emailHint?: string;
  join: (person: PersonFields & { token: string }) => Promise<Session>;
}

/** Where a link leads that makes an account. Its token leaves the address bar at once. */
export function Joining({ title, action, token: given, missing, emailHint, join }: JoiningProps) {
  const [token] = useState(given ?? "");
  const [fields, setFields] = useState(NOBODY);
  const client = useQueryClient();
  const go = useGo();
  useEffect(() => {
    document.title = `${title} · Nyuro`;
    history.replaceState(history.state, "", location.pathname);
  }, [title]);
  const make = useMutation({
    mutationFn: () => join({ token, ...fields }),
    onSuccess: (session) => {
      client.setQueryData(SESSION.queryKey, session);
      go("/");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Door title={title}>
      {token === "" ? (
        <Note tone="warn" role="alert">
          {missing}
        </Note>
      ) : (
        <form onSubmit={submit} className="grid gap-4">
          <PersonInputs fields={fields} set={setFields} emailHint={emailHint} />
          {make.error && (
            <Note tone="bad" role="alert">
              {make.error.message}
            </Note>
          )}
          <Button type="submit" kind="main" isBusy={make.isPending}>
            {action}
          </Button>
        </form>
      )}
    </Door>
  );
}
