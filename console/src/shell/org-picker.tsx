import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api.ts";
import { useOrg, usePage } from "../location.tsx";
import { SelectField } from "../parts/field.tsx";
import { useMay, useSession } from "../session.tsx";

/** Who may see all organizations chooses whose figures are shown; who belongs to several, where they are. */
export function OrgPicker() {
  const { org, orgs } = useSession();
  if (useMay("admin")) return <AllOrgs />;
  return orgs.length > 1 ? <OwnOrgs /> : <p className="truncate px-2 text-quiet">{org.name}</p>;
}

function AllOrgs() {
  const { org } = useSession();
  const [, change] = usePage("/");
  const chosen = useOrg();
  const { data } = useQuery({ queryKey: ["orgs"], queryFn: () => api.orgs({ limit: 1000 }) });
  if (!data || data.data.length < 2) return <p className="truncate px-2 text-quiet">{org.name}</p>;
  return (
    <SelectField
      label="Organization"
      value={chosen ?? ""}
      choices={[
        { value: "", label: "All" },
        ...data.data.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => change({ org: event.target.value || undefined })}
    />
  );
}

function OwnOrgs() {
  const { org, orgs } = useSession();
  const client = useQueryClient();
  // Everything that was fetched is of the one before.
  const move = useMutation({ mutationFn: api.moveTo, onSuccess: () => client.resetQueries() });
  return (
    <SelectField
      label="Organization"
      value={org.id}
      disabled={move.isPending}
      choices={orgs.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={(event) => move.mutate(event.target.value)}
    />
  );
}
