import { api } from "../../api.ts";
import { usePage } from "../../location.tsx";
import { Joining } from "./joining.tsx";

/** Where the printed link leads: it makes the owner, once. */
export function Setup() {
  const [{ token }] = usePage("/setup");
  return (
    <Joining
      title="Make the owner"
      action="Make the owner"
      token={token}
      missing={
        <>
          This address needs the token of the printed link. <code>nyuro console link</code> prints another
          one.
        </>
      }
      join={api.setUp}
    />
  );
}
