import { isObject, type JsonObject } from "../../core/json.ts";
import { geminiWire } from "../wire/gemini.ts";
import { list, record, text } from "../wire/wire-provider.ts";
import { schemaProblems } from "./embedded-schemas.ts";
import { blankTexts, halfCharacters, turnProblems } from "./turns.ts";

/** What `generateContent` refuses although the schema allows it; empty = nothing. */
export function geminiProblems(body: JsonObject): string[] {
  const turns = list(body.contents).map((content) => ({
    role: text(content.role),
    items: geminiWire.items({ contents: [content] }),
  }));
  const declared = list(body.tools).flatMap(({ functionDeclarations }) => list(functionDeclarations));
  const names = declared.map(({ name }) => name);
  const calling = record(record(body.toolConfig).functionCallingConfig);
  const allowed: unknown[] = Array.isArray(calling.allowedFunctionNames) ? calling.allowedFunctionNames : [];
  const { responseJsonSchema, responseMimeType } = record(body.generationConfig);
  const isForced = calling.mode === "ANY";
  return [
    ...turnProblems(turns, { hasIds: false }),
    ...halfCharacters(body),
    ...blankTexts(
      geminiWire.items(body).filter(({ kind }) => kind === "text"),
      (it) => it === "",
    ),
    ...(new Set(names).size < names.length ? ["two functions of one name"] : []),
    ...(allowed.every((name) => names.includes(name as string))
      ? []
      : ["a function is allowed that is not there"]),
    ...(isForced && responseMimeType === "application/json" ? ["a call and JSON at once"] : []),
    ...declared.flatMap(({ parametersJsonSchema: it }) => (it === undefined ? [] : schemaProblems(it))),
    ...(isObject(responseJsonSchema) ? schemaProblems(responseJsonSchema) : []),
  ];
}
