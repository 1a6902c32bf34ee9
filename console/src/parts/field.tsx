import { type ComponentProps, type ReactNode, useId } from "react";

interface Around {
  label: string;
  hint?: ReactNode;
  problem?: string | null;
  className?: string;
}

interface Wiring {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** A label above, a hint or the problem below, all of it tied to the control. */
export function Field({
  label,
  hint,
  problem,
  className = "",
  children,
}: Around & { children: (wiring: Wiring) => ReactNode }) {
  const id = useId();
  const wiring: Wiring = { id };
  if (hint || problem) wiring["aria-describedby"] = `${id}-about`;
  if (problem) wiring["aria-invalid"] = true;
  return (
    <div className={`grid content-start gap-1 ${className}`}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children(wiring)}
      {(hint || problem) && (
        <p id={`${id}-about`} className={problem ? "text-bad" : "text-quiet"}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextField({ label, hint, problem, className, ...input }: Around & ComponentProps<"input">) {
  return (
    <Field label={label} hint={hint} problem={problem} className={className}>
      {(wiring) => <input type="text" autoComplete="off" {...input} {...wiring} className="field" />}
    </Field>
  );
}

export interface Choice {
  value: string;
  label: string;
}

interface SelectProps extends Around, Omit<ComponentProps<"select">, "children"> {
  choices: readonly Choice[];
}

export function SelectField({ label, hint, problem, className, choices, ...select }: SelectProps) {
  return (
    <Field label={label} hint={hint} problem={problem} className={className}>
      {(wiring) => (
        <select {...select} {...wiring} className="field">
          {choices.map(({ value, label: shown }) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckProps extends Omit<ComponentProps<"input">, "type"> {
  label: ReactNode;
}

export function Check({ label, ...input }: CheckProps) {
  return (
    <label className="flex min-h-7 items-start gap-2">
      <input type="checkbox" {...input} className="mt-1 size-4 accent-accent" />
      <span>{label}</span>
    </label>
  );
}
