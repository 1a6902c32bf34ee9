import { isObject, type JsonObject, parseJsonExactly } from "../../../core/json.ts";

const AS_OBJECT = /"arguments"\s*:\s*[{[]/;
const LONG_NUMBER = /\d{16}/;

/**
 * Arguments belong into a text, and some servers give them as an object: of that the numbers would lose the digits that a
 * double does not hold. Such a call gets the text as it was told; `answer` is what was read of `text`, and is changed.
 */
export function keepArgumentsExact(answer: JsonObject, text: string): void {
  if (!AS_OBJECT.test(text) || !LONG_NUMBER.test(text)) return;
  const exact = callsOf(parseJsonExactly(text));
  for (const [choice, calls] of callsOf(answer).entries())
    for (const [at, called] of calls.entries()) {
      const told = exact[choice]?.[at]?.arguments;
      if (called && typeof called.arguments === "object" && typeof told === "object")
        called.arguments = told === null ? "" : JSON.stringify(told);
    }
}

/** By choice and place; null where there is no function. */
function callsOf(answer: unknown): (JsonObject | null)[][] {
  const choices = isObject(answer) && Array.isArray(answer.choices) ? answer.choices : [];
  return choices.map((choice: unknown) => {
    const said = isObject(choice) ? (choice.message ?? choice.delta) : null;
    const calls = isObject(said) && Array.isArray(said.tool_calls) ? said.tool_calls : [];
    return calls.map((call: unknown) => (isObject(call) && isObject(call.function) ? call.function : null));
  });
}
