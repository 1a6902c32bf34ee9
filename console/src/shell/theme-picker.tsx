import { useState } from "react";
import { SelectField } from "../parts/field.tsx";
import { chooseTheme, chosenTheme, THEMES } from "../theme.ts";

const LABELS = { system: "As the system", light: "Light", dark: "Dark" } as const;

export function ThemePicker() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <SelectField
      label="Theme"
      value={theme}
      choices={THEMES.map((value) => ({ value, label: LABELS[value] }))}
      onChange={(event) => {
        const chosen = THEMES.find((it) => it === event.target.value) ?? "system";
        setTheme(chosen);
        chooseTheme(chosen);
      }}
    />
  );
}
