import { useEffect, useState } from "react";
import { Button } from "./button.tsx";

/** Where the page may not write to the clipboard (plain http elsewhere than on this machine) a selection can. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}

interface CopyProps {
  text: string | (() => string);
  label?: string;
  kind?: "plain" | "quiet" | "main";
}

export function Copy({ text, label = "Copy", kind = "plain" }: CopyProps) {
  const [outcome, setOutcome] = useState<string | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () =>
    setOutcome((await copyText(typeof text === "string" ? text : text())) ? "Copied" : "Not copied");
  return (
    <Button kind={kind} icon={outcome === "Copied" ? "ok" : "copy"} onClick={() => void copy()}>
      <span aria-live="polite">{outcome ?? label}</span>
    </Button>
  );
}

/** Code with the button beside it. */
export function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <div className="grid min-w-0 gap-2">
      <pre className="code" tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <div>
        <Copy text={text} />
      </div>
    </div>
  );
}
