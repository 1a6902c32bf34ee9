import type { ReactNode } from "react";

/** The frame of the pages in front of the console. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="panel grid w-full max-w-sm gap-5 p-6">
        <div className="grid justify-items-center gap-2 text-center">
          <img src="/console/icon.svg" alt="" width="40" height="40" />
          <h1>{title}</h1>
        </div>
        {children}
      </div>
    </main>
  );
}
