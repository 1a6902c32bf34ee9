import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { SignIn } from "../pages/doors/sign-in.tsx";
import { Button } from "../parts/button.tsx";
import { Denied } from "../parts/denied.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Failure, Waiting } from "../parts/notice.tsx";
import { Page } from "../parts/page.tsx";
import { SessionGate } from "../session.tsx";
import { Account } from "./account.tsx";
import { Keyboard, PaletteButton } from "./keyboard.tsx";
import { Nav, useDeniedPlace } from "./nav.tsx";
import { OrgPicker } from "./org-picker.tsx";
import { ThemePicker } from "./theme-picker.tsx";

export function Shell() {
  return (
    <SessionGate
      waiting={<Waiting />}
      signedOut={<SignIn />}
      failed={(error) => (
        <main className="mx-auto max-w-xl p-6">
          <Failure error={error} retry={() => location.reload()} />
        </main>
      )}
    >
      <Frame />
    </SessionGate>
  );
}

function Frame() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [pathname]);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr] lg:grid-rows-1 lg:grid-cols-[15rem_minmax(0,1fr)] print:block">
      <a
        href="#main"
        className="absolute top-2 left-2 z-20 -translate-y-16 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        Skip to the page
      </a>
      <Side />
      <main id="main" ref={main} tabIndex={-1} className="min-w-0 px-4 py-5 outline-none lg:px-7 lg:py-6">
        <Allowed />
      </main>
      <Keyboard />
    </div>
  );
}

/** The page, or who may see it: nothing is asked of the server that it would refuse. */
function Allowed() {
  const denied = useDeniedPlace();
  if (!denied?.scope) return <Outlet />;
  return (
    <Page title={denied.label}>
      <Denied what="This page is" to={denied.scope} />
    </Page>
  );
}

function Side() {
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  return (
    <>
      <header className="flex items-center justify-between border-b border-line bg-surface px-4 py-2 lg:hidden print:hidden">
        <Brand />
        <Button kind="quiet" icon="menu" aria-expanded={isOpen} onClick={() => setOpen(true)}>
          Menu
        </Button>
      </header>
      <header className="hidden border-r border-line bg-surface lg:block print:hidden">
        <div className="sticky top-0 grid h-dvh grid-rows-[auto_auto_1fr_auto] gap-4 overflow-y-auto p-3">
          <Brand />
          <PaletteButton />
          <Nav />
          <Foot />
        </div>
      </header>
      {isOpen && (
        <Dialog title="Menu" onClose={() => setOpen(false)}>
          <div className="grid gap-5">
            <Nav />
            <Foot />
          </div>
        </Dialog>
      )}
    </>
  );
}

function Brand() {
  return (
    <div className="flex items-center gap-2 px-2 py-1 text-base font-bold">
      <img src="/console/icon.svg" alt="" width="22" height="22" />
      Nyuro
    </div>
  );
}

function Foot() {
  return (
    <div className="grid gap-3 border-t border-line pt-3">
      <OrgPicker />
      <ThemePicker />
      <Account />
    </div>
  );
}
