import { type Scope, useSession, whoMay } from "../session.tsx";
import { Note } from "./notice.tsx";

interface DeniedProps {
  /** With its verb: `Budgets are`. */
  what: string;
  /** Who it is shown to: whoever has this scope, or as told. */
  to: Scope | { told: string };
}

/** In the place of what a role may not see: the role that may, and one's own. */
export function Denied({ what, to }: DeniedProps) {
  const { role, org } = useSession();
  return (
    <Note tone="info">
      {what} for {typeof to === "string" ? whoMay(to) : to.told}. In {org.name} you are {role}.
    </Note>
  );
}
