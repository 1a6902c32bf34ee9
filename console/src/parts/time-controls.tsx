import { useState } from "react";
import { RANGE_WORDS, RANGES, spanOf } from "../core/range.ts";
import { fromLocalInput, ownZone, toLocalInput } from "../core/zone.ts";
import { keepZone, usePage, useZone } from "../location.tsx";
import { SelectField, TextField } from "./field.tsx";

/** Range and zone of a page, both in its URL; the zone is kept on this machine as well. */
export function TimeControls({ hasRange = true }: { hasRange?: boolean }) {
  const [search, change] = usePage("/");
  const zone = useZone();
  const range = search.range ?? "24h";
  const zones = [...new Set([zone, ownZone(), "UTC", ...Intl.supportedValuesOf("timeZone")])];
  const choose = (word: string) => {
    const chosen = RANGE_WORDS.find((it) => it === word);
    if (chosen !== "custom") return change({ range: chosen, from: undefined, to: undefined });
    const { from } = spanOf(search, zone, Date.now());
    change({ range: "custom", from, to: new Date().toISOString() });
  };
  return (
    <>
      {hasRange && (
        <SelectField
          label="Time"
          value={range}
          choices={RANGE_WORDS.map((value) => ({ value, label: RANGES[value] }))}
          onChange={(event) => choose(event.target.value)}
        />
      )}
      {hasRange && range === "custom" && (
        <>
          <Moment label="From" value={search.from} zone={zone} onChange={(from) => change({ from })} />
          <Moment label="To" value={search.to} zone={zone} onChange={(to) => change({ to })} />
        </>
      )}
      <SelectField
        label="Time zone"
        value={zone}
        className="w-44"
        choices={zones.map((value) => ({ value, label: value }))}
        onChange={(event) => {
          keepZone(event.target.value);
          change({ tz: event.target.value });
        }}
      />
    </>
  );
}

interface MomentProps {
  label: string;
  value: string | undefined;
  zone: string;
  onChange: (value: string | undefined) => void;
}

function Moment({ label, value, zone, onChange }: MomentProps) {
  const shown = value === undefined ? "" : toLocalInput(Date.parse(value), zone);
  const [text, setText] = useState(shown);
  const [known, setKnown] = useState(shown);
  // Changed from outside: back, another zone, a drag over the chart.
  if (known !== shown) {
    setKnown(shown);
    setText(shown);
  }
  return (
    <TextField
      label={label}
      type="datetime-local"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const timeMs = fromLocalInput(event.target.value, zone);
        if (timeMs !== null) onChange(new Date(timeMs).toISOString());
      }}
    />
  );
}
