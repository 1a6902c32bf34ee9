export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "nyuro-theme";

/** What was chosen on this machine; system where nothing was, or nothing may be kept. */
export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It holds until the page is left.
  }
  applyTheme(theme);
}

const darkSystem = () => matchMedia("(prefers-color-scheme: dark)");

export function applyTheme(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "system" && darkSystem().matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

export function followSystem(): void {
  darkSystem().addEventListener("change", () => applyTheme(chosenTheme()));
}
