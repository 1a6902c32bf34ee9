import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";
import { Button } from "../parts/button.tsx";
import { useSession } from "../session.tsx";

export function Account() {
  const { user, role } = useSession();
  const client = useQueryClient();
  // Everything that was fetched belongs to who signs out.
  const leave = useMutation({ mutationFn: api.signOut, onSuccess: () => client.resetQueries() });
  return (
    <div className="flex items-center justify-between gap-2 px-2">
      <div className="min-w-0">
        <p className="truncate font-medium" title={user.email}>
          {user.name || user.email}
        </p>
        <p className="text-quiet">{role}</p>
      </div>
      <Button kind="quiet" isBusy={leave.isPending} onClick={() => leave.mutate()}>
        Sign out
      </Button>
    </div>
  );
}
