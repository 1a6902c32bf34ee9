import { promptClassifier } from "../../src/routing/classify.ts";
import { type LabelledPrompt, readPrompts } from "./labelled-prompt.ts";
import { accuracy, confusionRows, macroF1, type Outcome } from "./measures.ts";
import { slicesOf } from "./slices.ts";

/** `bun bench/classifier/evaluate.ts <prompts.jsonl> [--errors]`: how well the classifier does on labelled prompts. */
function judge(prompt: LabelledPrompt): Outcome {
  const { task, scores } = promptClassifier.classify(prompt.messages);
  const accepted = prompt.accept ?? [prompt.task_class];
  // A class that counts as right counts as the label itself.
  return { wanted: accepted.includes(task) ? task : prompt.task_class, got: task, scores };
}

function medianMicroseconds(prompts: readonly LabelledPrompt[]): number {
  const rounds = 20;
  const times = prompts.map((prompt) => {
    const from = Bun.nanoseconds();
    for (let round = 0; round < rounds; round++) promptClassifier.classify(prompt.messages);
    return (Bun.nanoseconds() - from) / rounds / 1000;
  });
  return times.sort((one, other) => one - other)[times.length >> 1] ?? 0;
}

function industryLine(prompts: readonly LabelledPrompt[]): string {
  const labelled = prompts.filter(({ industry }) => industry != null);
  const told = labelled
    .map((prompt) => ({ prompt, got: promptClassifier.suggestIndustry(prompt.messages) }))
    .filter(({ got }) => got !== null);
  const right = told.filter(({ prompt, got }) =>
    [prompt.industry, ...(prompt.industry_accept ?? [])].some((industry) => industry === got),
  );
  return `industry: ${told.length} suggested of ${labelled.length} labelled, ${right.length} right`;
}

const [path, flag] = Bun.argv.slice(2);
if (path === undefined) {
  console.error("usage: bun bench/classifier/evaluate.ts <prompts.jsonl> [--errors]");
  process.exit(2);
}
const prompts = readPrompts(await Bun.file(path).text());
const outcomes = prompts.map(judge);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
console.log(
  `${prompts.length} prompts: accuracy ${percent(accuracy(outcomes))}, macro-F1 ${percent(macroF1(outcomes))}`,
);
console.log(confusionRows(outcomes).join("\n"));
for (const [slice, places] of slicesOf(prompts)) {
  const part = places.flatMap((place) => outcomes[place] ?? []);
  console.log(`${slice.padEnd(28)} ${String(part.length).padStart(5)}  ${percent(accuracy(part))}`);
}
console.log(industryLine(prompts));
const short = prompts.filter(({ messages }) => JSON.stringify(messages).length <= 2048);
medianMicroseconds(short);
console.log(`median ${medianMicroseconds(short).toFixed(1)} µs on ${short.length} prompts up to 2 KB`);
if (flag === "--errors") {
  for (const [place, { wanted, got, scores }] of outcomes.entries()) {
    if (wanted === got) continue;
    const prompt = prompts[place];
    const text = JSON.stringify(prompt?.messages.at(-1)).slice(0, 260);
    const points = Object.entries(scores).map(([task, value]) => `${task} ${value.toFixed(1)}`);
    console.log(`\n${prompt?.id ?? place}: ${wanted} taken for ${got} (${points.join(", ")})\n  ${text}`);
  }
}
