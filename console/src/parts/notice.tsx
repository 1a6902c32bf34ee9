import { type ReactNode, useEffect, useState } from "react";
import { ApiFailure } from "../api.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

/** Shown only to who waits long enough to wonder. */
export function Waiting({ what = "Loading" }: { what?: string }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="grid min-h-24 place-items-center p-6 text-quiet">
      {isLate ? (
        <span className="inline-flex items-center gap-2">
          <Icon name="wait" /> {what} …
        </span>
      ) : null}
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing is there, why, and what to do. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-12 text-center">
      <p className="text-base font-semibold">{title}</p>
      {children && <div className="max-w-prose text-quiet">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

const TONES = {
  bad: ["border-bad bg-bad-soft", "error"],
  warn: ["border-warn bg-warn-soft", "warn"],
  ok: ["border-ok bg-ok-soft", "ok"],
  info: ["border-accent bg-accent-soft", "logs"],
} as const satisfies Record<string, readonly [string, IconName]>;

interface NoteProps {
  tone: keyof typeof TONES;
  children: ReactNode;
  role?: "alert" | "status";
}

export function Note({ tone, children, role }: NoteProps) {
  const [look, icon] = TONES[tone];
  return (
    <div role={role} className={`flex items-start gap-2 rounded-md border-l-4 px-3 py-2 ${look}`}>
      <Icon name={icon} className="mt-1" />
      <div className="min-w-0 flex-1 break-words">{children}</div>
    </div>
  );
}

/** What went wrong, in the server's words, and who could help. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const isRefused = error instanceof ApiFailure && error.code === "insufficient_scope";
  return (
    <Note tone="bad" role="alert">
      <p className="font-medium">{isRefused ? "Your role does not allow this." : error.message}</p>
      {isRefused && <p>{error.message} An owner or admin can change your role.</p>}
      {retry && !isRefused && (
        <Button className="mt-2" onClick={retry}>
          Try again
        </Button>
      )}
    </Note>
  );
}
