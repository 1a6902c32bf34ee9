export interface Outcome {
  wanted: string;
  got: string;
  scores: Readonly<Record<string, number>>;
}

/** Share that was right, 0–1; 0 for none at all. */
export function accuracy(outcomes: readonly Outcome[]): number {
  if (outcomes.length === 0) return 0;
  return outcomes.filter(({ wanted, got }) => wanted === got).length / outcomes.length;
}

/** The mean over the wanted classes of the harmonic mean of precision and recall, 0–1. */
export function macroF1(outcomes: readonly Outcome[]): number {
  const classes = classesOf(outcomes);
  const each = classes.map((name) => {
    const right = outcomes.filter(({ wanted, got }) => wanted === name && got === name).length;
    const told = outcomes.filter(({ got }) => got === name).length;
    const there = outcomes.filter(({ wanted }) => wanted === name).length;
    return told + there === 0 ? 0 : (2 * right) / (told + there);
  });
  return each.length === 0 ? 0 : each.reduce((sum, figure) => sum + figure, 0) / each.length;
}

/** One row a wanted class, one column a class that was told. */
export function confusionRows(outcomes: readonly Outcome[]): string[] {
  const classes = classesOf(outcomes);
  const cell = (text: string | number) => String(text).padStart(13);
  const rows = classes.map((wanted) => {
    const cells = classes.map((got) =>
      cell(outcomes.filter((outcome) => outcome.wanted === wanted && outcome.got === got).length),
    );
    return cell(wanted) + cells.join("");
  });
  return [cell("wanted \\ told") + classes.map(cell).join(""), ...rows];
}

function classesOf(outcomes: readonly Outcome[]): string[] {
  return [...new Set(outcomes.map(({ wanted }) => wanted))].sort();
}
