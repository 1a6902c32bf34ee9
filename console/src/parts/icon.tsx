/** Drawn on 16 × 16 with lines of 1.5. */
const SHAPES = {
  overview: "M2 13V7M6 13V3M10 13V9M14 13V5",
  logs: "M2 4h12M2 8h12M2 12h8",
  models: "M8 1.5 14 5v6l-6 3.5L2 11V5zM2 5l6 3.5L14 5M8 8.5v6",
  routing: "M2 8h4l4-5h4M6 8l4 5h4M12 1l2 2-2 2M12 11l2 2-2 2",
  providers: "M2 2.5h12v4H2zM2 9.5h12v4H2zM4.5 4.5h.01M4.5 11.5h.01",
  playground: "M2 3h12v8H7l-3 3v-3H2z",
  budgets: "M8 2a6 6 0 1 0 6 6M8 2v6h6",
  billing: "M3 1.5h10v13l-2-1.5-1.5 1.5L8 13l-1.5 1.5L5 13l-2 1.5zM6 5h4M6 8h4",
  keys: "M10 6a3.5 3.5 0 1 0-2.6 3.4L9 11h2v2h3v-3L9.7 6.7",
  organization: "M2 14V3h7v11M9 7h5v7M5 6h1M5 9h1M5 12h1M1 14h14",
  members:
    "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12 9.9c1.5.6 2.5 1.9 2.5 3.6",
  account: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5",
  audit: "M8 14.5A6.5 6.5 0 1 0 1.6 7M1.5 3v4h4M8 4.5V8l2.5 1.5",
  ok: "M3 8.5 6.5 12 13 4.5",
  error: "M4 4l8 8M12 4l-8 8",
  warn: "M8 2 15 13.5H1zM8 6.5v3M8 11.6h.01",
  stopped: "M4 4h8v8H4z",
  away: "M3 8h10",
  refused: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM3.5 3.5l9 9",
  wait: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 2",
  play: "M4.5 2.5 13 8l-8.5 5.5z",
  pause: "M5 3v10M11 3v10",
  copy: "M5 5h9v9H5zM11 5V2H2v9h3",
  menu: "M2 4h12M2 8h12M2 12h12",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  download: "M8 2v8M4.5 6.5 8 10l3.5-3.5M2 13.5h12",
  print: "M4 6V2h8v4M4 12H2V6h12v6h-2M4 9.5h8V14H4z",
  plus: "M8 3v10M3 8h10",
  lock: "M3.5 7.5h9v6.5h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  local: "M2 7.5 8 2l6 5.5M3.5 6.5V14h9V6.5M6.5 14v-4h3v4",
} as const;

export type IconName = keyof typeof SHAPES;

/** Beside a word, so it says nothing by itself. */
export function Icon({ name, className = "" }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className={`inline-block size-[1.1em] shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
