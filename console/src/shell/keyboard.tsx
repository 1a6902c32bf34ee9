import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useGo } from "../location.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Check } from "../parts/field.tsx";
import { usePlaces } from "./nav.tsx";

const KEY = "nyuro-shortcuts";
const LONGEST_PAUSE_MS = 1500;

function areOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const Palette = lazy(async () => ({ default: (await import("./palette.tsx")).Palette }));
const OPEN_PALETTE = "nyuro-palette";
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The same as Ctrl-K, for who does not know it. */
export function PaletteButton() {
  return (
    <button
      type="button"
      className="flex min-h-9 w-full items-center justify-between rounded-md border border-edge bg-surface px-3 text-quiet hover:bg-sunken"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => dispatchEvent(new Event(OPEN_PALETTE))}
    >
      Go to …<kbd className="font-mono text-[0.86rem]">{isMac ? "⌘ K" : "Ctrl K"}</kbd>
    </button>
  );
}

/** Ctrl-K or ⌘K finds a page or a thing, wherever one is. */
function usePalette() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = () => setOpen(true);
    const onKey = (event: KeyboardEvent) => {
      const isOurs = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isOurs || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      // A dialog is in the way: what is half done in it is not to be lost.
      if (!document.querySelector("dialog[open]")) open();
    };
    addEventListener(OPEN_PALETTE, open);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener(OPEN_PALETTE, open);
      removeEventListener("keydown", onKey);
    };
  }, []);
  return [isOpen, setOpen] as const;
}

/** `g` and a letter goes to a page, `/` to the first filter, `?` shows them all. They can be switched off (WCAG 2.1.4). */
export function Keyboard() {
  const go = useGo();
  const places = usePlaces();
  const [isHelp, setHelp] = useState(false);
  const [isPalette, setPalette] = usePalette();
  const waitsSince = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isOurs = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
      if (!isOurs || !areOn() || document.querySelector("dialog[open]")) return;
      const isSecond = event.timeStamp - waitsSince.current < LONGEST_PAUSE_MS;
      waitsSince.current = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      const place = isSecond ? places.find(({ key }) => key === event.key) : undefined;
      if (place) go(place.to);
      else if (event.key === "?") setHelp(true);
      else if (event.key === "/") document.querySelector<HTMLElement>("[data-filter]")?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [go, places]);
  return (
    <>
      {isHelp && <Help onClose={() => setHelp(false)} />}
      {isPalette && (
        <Suspense fallback={null}>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
    </>
  );
}

function Help({ onClose }: { onClose: () => void }) {
  const places = usePlaces();
  const [isOn, setOn] = useState(areOn);
  const rows = [
    ...places.map(({ key, label }) => [`g ${key}`, label]),
    [isMac ? "⌘ K" : "Ctrl K", "A page, a request, a model, a key or a provider"],
    ["/", "First filter"],
    ["j k ↓ ↑", "Down and up the rows of a table"],
    ["← →", "Along the bars of a chart; with Shift to choose several, Enter to look closer"],
    ["?", "This list"],
  ];
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">Go to</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([keys, label]) => (
            <tr key={keys}>
              <td>
                <kbd className="font-mono">{keys}</kbd>
              </td>
              <td>{label}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="mt-4">
        <Check
          label="Single keys do this"
          checked={isOn}
          onChange={(event) => {
            setOn(event.target.checked);
            localStorage.setItem(KEY, event.target.checked ? "on" : "off");
          }}
        />
      </div>
    </Dialog>
  );
}
