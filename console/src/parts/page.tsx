import { type ReactNode, useEffect } from "react";

interface PageProps {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Every page has one heading, which is the title of the window too. */
export function Page({ title, about, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Nyuro`;
  }, [title]);
  return (
    <div className="grid min-w-0 gap-5">
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="break-words">{title}</h1>
          {about && <p className="mt-1 max-w-[75ch] text-quiet">{about}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-end gap-2 print:hidden">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  title?: string;
  actions?: ReactNode;
  isFlush?: boolean;
  children: ReactNode;
  className?: string;
}

export function Panel({ title, actions, isFlush = false, children, className = "" }: PanelProps) {
  return (
    <section className={`panel min-w-0 ${className}`}>
      {title && (
        <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-2">
          <h2>{title}</h2>
          {actions}
        </div>
      )}
      <div className={isFlush ? "" : title ? "px-4 pb-4" : "p-4"}>{children}</div>
    </section>
  );
}

/** Term and value beside each other, as a list of both. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid content-start grid-cols-[max-content_1fr] gap-x-5 gap-y-1.5">
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-quiet">{term}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
