import { api } from "../../api.ts";
import { usePage } from "../../location.tsx";
import { Joining } from "./joining.tsx";

/** Where an invitation's link leads. */
export function Invitation() {
  const [{ token }] = usePage("/invitation");
  return (
    <Joining
      title="Join"
      action="Join"
      token={token}
      missing="This address needs the token of the invitation's link. Whoever invited you can make another one."
      emailHint="The one you were invited by, where there was one. Who has an account gives its password."
      join={api.accept}
    />
  );
}
