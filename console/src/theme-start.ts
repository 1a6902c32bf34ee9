import { applyTheme, chosenTheme, followSystem } from "./theme.ts";

/** Before the first paint: a page that turns dark after it was seen is a flash. */
applyTheme(chosenTheme());
followSystem();
