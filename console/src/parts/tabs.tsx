import { type KeyboardEvent, type ReactNode, useId } from "react";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
}

interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  chosen: Id;
  onChoose: (id: Id) => void;
  /** Of the chosen one. */
  children: ReactNode;
}

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

/** Several views of one thing, of which one is shown: arrows, Home and End go through them. */
export function Tabs<Id extends string>({ label, tabs, chosen, onChoose, children }: TabsProps<Id>) {
  const own = useId();
  const move = (event: KeyboardEvent<HTMLButtonElement>) => {
    const place = tabs.findIndex(({ id }) => id === chosen);
    const step = STEPS[event.key];
    const ends = { Home: 0, End: tabs.length - 1 }[event.key];
    const next = tabs[step === undefined ? (ends ?? -1) : (place + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
    document.getElementById(`${own}-${next.id}`)?.focus();
  };
  return (
    <div className="grid min-w-0 gap-5">
      <div
        role="tablist"
        aria-label={label}
        className="flex gap-1 overflow-x-auto border-b border-line p-0.5"
      >
        {tabs.map(({ id, label: shown }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${own}-${id}`}
            aria-selected={id === chosen}
            aria-controls={`${own}-panel`}
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => onChoose(id)}
            onKeyDown={move}
            className={`min-h-9 border-b-2 px-3 py-1 font-medium whitespace-nowrap ${
              id === chosen ? "border-accent text-ink" : "border-transparent text-quiet hover:text-ink"
            }`}
          >
            {shown}
          </button>
        ))}
      </div>
      <div
        id={`${own}-panel`}
        role="tabpanel"
        aria-labelledby={`${own}-${chosen}`}
        className="grid min-w-0 gap-5"
      >
        {children}
      </div>
    </div>
  );
}
