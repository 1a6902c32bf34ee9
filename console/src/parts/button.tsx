import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./icon.tsx";

const KINDS = {
  main: "bg-accent text-on-accent border-transparent hover:brightness-110",
  plain: "bg-surface text-ink border-edge hover:bg-sunken",
  quiet: "bg-transparent text-ink border-transparent hover:bg-sunken",
  danger: "bg-surface text-bad border-bad hover:bg-bad-soft",
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: keyof typeof KINDS;
  icon?: IconName;
  isBusy?: boolean;
}

export const buttonLook = (kind: keyof typeof KINDS = "plain") =>
  `inline-flex min-h-9 items-center justify-center gap-1.5 rounded-md border px-3 py-1 font-medium whitespace-nowrap disabled:opacity-55 ${KINDS[kind]}`;

export function Button({
  kind = "plain",
  icon,
  isBusy = false,
  className = "",
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={`${buttonLook(kind)} ${className}`}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
