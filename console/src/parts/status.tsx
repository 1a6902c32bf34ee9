import { Icon, type IconName } from "./icon.tsx";

type Tone = "ok" | "warn" | "bad" | "quiet";

/** What each word looks like; a colour never stands alone. */
const WORDS: Record<string, readonly [Tone, IconName]> = {
  ok: ["ok", "ok"],
  error: ["bad", "error"],
  canceled: ["quiet", "away"],
  interrupted: ["warn", "warn"],
  refused: ["warn", "refused"],
  selected: ["ok", "ok"],
  behind: ["quiet", "down"],
  excluded: ["quiet", "refused"],
  degraded: ["warn", "warn"],
  resting: ["warn", "pause"],
  draining: ["warn", "stopped"],
  no_models: ["warn", "away"],
  unusable: ["bad", "error"],
  active: ["ok", "ok"],
  revoked: ["quiet", "refused"],
  expired: ["quiet", "wait"],
  open: ["ok", "wait"],
  closed: ["quiet", "lock"],
  deprecated: ["warn", "warn"],
  unpriced: ["warn", "warn"],
  local: ["quiet", "local"],
};

const LOOKS: Record<Tone, string> = {
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  quiet: "bg-sunken text-quiet",
};

interface StatusProps {
  word: string;
  /** What is shown, where it is not the word itself. */
  label?: string;
}

export function Status({ word, label = word.replaceAll("_", " ") }: StatusProps) {
  const [tone, icon] = WORDS[word] ?? ["quiet", "away"];
  return (
    <span
      className={`inline-flex items-center gap-1 rounded px-1.5 py-px text-[0.93em] font-medium whitespace-nowrap ${LOOKS[tone]}`}
    >
      <Icon name={icon} className="size-[0.95em]" />
      {label}
    </span>
  );
}

/** An attempt's outcome: `ok`, a fault, or why it was not made. */
export function Outcome({ word }: { word: string }) {
  return <Status word={word === "ok" ? "ok" : "error"} label={word.replaceAll("_", " ")} />;
}
