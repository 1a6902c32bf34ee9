import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import type { Org } from "../../api-types.ts";
import { useOrg } from "../../location.tsx";
import { BudgetBar } from "../../parts/budget-bar.tsx";
import { Button } from "../../parts/button.tsx";
import { Denied } from "../../parts/denied.tsx";
import { Check, SelectField, TextField } from "../../parts/field.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Facts, Page, Panel } from "../../parts/page.tsx";
import { useMay, useSession } from "../../session.tsx";
import { budgetOf, type KeyFields, limitsOf } from "../keys/key-fields.ts";
import { Money, Rates } from "../keys/key-form.tsx";
import { EraseBodies } from "./erase-bodies.tsx";

export function Organization() {
  const mayChange = useMay("admin");
  return <Page title="Organization">{mayChange ? <Change /> : <Told />}</Page>;
}

function Told() {
  const { org, role } = useSession();
  return (
    <Panel>
      <Facts
        facts={[
          ["Name", org.name],
          ["Id", org.id],
          ["Your role", role],
        ]}
      />
      <div className="mt-4">
        <Denied what="Changes of it are" to="admin" />
      </div>
    </Panel>
  );
}

function Change() {
  const chosen = useOrg();
  const { org } = useSession();
  const { data, error, refetch } = useQuery({ queryKey: ["orgs"], queryFn: () => api.orgs({ limit: 1000 }) });
  const found = data?.data.find(({ id }) => id === (chosen ?? org.id));
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      {found ? (
        <>
          <OrgForm key={found.id} org={found} />
          <EraseBodies key={`${found.id} bodies`} org={found} />
        </>
      ) : (
        <Note tone="warn">There is no such organization.</Note>
      )}
      <NewOrg />
    </>
  );
}

interface Fields extends Pick<KeyFields, "rpm" | "tpm" | "parallel" | "limit" | "period" | "threshold"> {
  name: string;
  zone: string;
  isStored: boolean;
  unknownPrice: string;
}

const said = (value: number | null | undefined) =>
  value === null || value === undefined ? "" : String(value);

function fieldsOf({ name, time_zone, store_bodies, unknown_price, rate_limit, budget }: Org): Fields {
  return {
    ...{ name, zone: time_zone, isStored: store_bodies, unknownPrice: unknown_price ?? "" },
    ...{ rpm: said(rate_limit?.rpm), tpm: said(rate_limit?.tpm), parallel: said(rate_limit?.max_parallel) },
    limit: budget?.limit_usd.replace(/\.?0+$/, "") ?? "",
    period: budget?.period ?? "monthly",
    threshold: String(Math.round((budget?.alert_threshold ?? 0.8) * 100)),
  };
}

function bodyOf(fields: Fields) {
  return {
    name: fields.name.trim(),
    time_zone: fields.zone,
    store_bodies: fields.isStored,
    unknown_price: fields.unknownPrice === "" ? null : fields.unknownPrice,
    rate_limit: limitsOf(fields),
    budget: budgetOf(fields),
  };
}

function OrgForm({ org }: { org: Org }) {
  const [fields, setFields] = useState(() => fieldsOf(org));
  const set = (change: Partial<Fields>) => setFields({ ...fields, ...change });
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.updateOrg(org.id, bodyOf(fields)),
    onSuccess: () => client.invalidateQueries(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} className="panel grid max-w-3xl gap-4 p-4">
      <Facts
        facts={[
          ["Id", <code key="id">{org.id}</code>],
          ["Budget", org.budget ? <BudgetBar key="bar" budget={org.budget} /> : "none"],
        ]}
      />
      <TextField
        label="Name"
        required
        value={fields.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <SelectField
        label="Time zone of its budgets and bills"
        value={fields.zone}
        choices={[...new Set([fields.zone, "UTC", ...Intl.supportedValuesOf("timeZone")])].map((value) => ({
          value,
          label: value,
        }))}
        onChange={(event) => set({ zone: event.target.value })}
      />
      <Money fields={fields} set={set} />
      <Rates fields={fields} set={set} />
      <SelectField
        label="Under a budget, a model whose price nobody knows"
        value={fields.unknownPrice}
        choices={[
          { value: "", label: "as the configuration says" },
          { value: "skip", label: "is skipped" },
          { value: "allow", label: "may be used" },
        ]}
        onChange={(event) => set({ unknownPrice: event.target.value })}
      />
      <Check
        label="Store prompts and answers: on the page of each request, for whoever may read its log"
        checked={fields.isStored}
        onChange={(event) => set({ isStored: event.target.checked })}
      />
      <div role="status">
        {save.error && <Note tone="bad">{save.error.message}</Note>}
        {save.isSuccess && <Note tone="ok">Saved. It holds from the next request on.</Note>}
      </div>
      <div>
        <Button type="submit" kind="main" isBusy={save.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

function NewOrg() {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => api.createOrg({ name: name.trim() }),
    onSuccess: () => {
      setName("");
      void client.invalidateQueries({ queryKey: ["orgs"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Panel title="Another organization" className="max-w-3xl">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <TextField label="Its name" required value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" isBusy={make.isPending}>
          Make it
        </Button>
      </form>
      {make.error && <Note tone="bad">{make.error.message}</Note>}
    </Panel>
  );
}
