import { useEffect, useRef, useState } from "react";
import { buttonLook } from "./button.tsx";
import { Check } from "./field.tsx";
import { Icon } from "./icon.tsx";
import type { Column } from "./table.tsx";

interface ColumnPickerProps {
  columns: readonly Pick<Column<never>, "id" | "title">[];
  hidden: readonly string[];
  onChange: (hidden: readonly string[]) => void;
}

/** Which columns are shown; the first one, which leads on, always is. */
export function ColumnPicker({ columns, hidden, onChange }: ColumnPickerProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const away = ({ target }: Event) => {
      if (target instanceof Node && !menu.current?.contains(target)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, []);
  return (
    <details
      ref={menu}
      open={isOpen}
      className="relative"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        setOpen(false);
        menu.current?.querySelector("summary")?.focus();
      }}
    >
      <summary className={`${buttonLook()} list-none`}>
        <Icon name="menu" />
        Columns
      </summary>
      {isOpen && (
        <fieldset className="panel absolute end-0 z-20 mt-1 grid w-52 gap-1 p-3 shadow-xl">
          <legend className="sr-only">Columns that are shown</legend>
          {columns.slice(1).map(({ id, title }) => (
            <Check
              key={id}
              label={title}
              checked={!hidden.includes(id)}
              onChange={({ target }) =>
                onChange(target.checked ? hidden.filter((it) => it !== id) : [...hidden, id])
              }
            />
          ))}
        </fieldset>
      )}
    </details>
  );
}
