import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { ERRORS } from "../../core/errors.ts";
import type { JsonSchema, ServedDocument, ServedRoute } from "../served-routes.ts";

const DOCUMENT = "https://nyuro.test/openapi";
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** An answer that was read to its end. */
export interface ReadAnswer {
  status: number;
  /** Without parameters; null = none. */
  contentType: string | null;
  /** null = it was a stream, of which only the head was read. */
  text: string | null;
}

/** Whether answers are as a document says, down to fields that it does not name. */
export class DescribedAnswers {
  private readonly ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false, strictTypes: false });
  private readonly checks = new Map<string, ValidateFunction>();

  /** Throws where a schema of the document is none. */
  constructor(document: ServedDocument) {
    this.ajv.addFormat("date-time", DATE_TIME);
    // To ajv the document is one large schema that defines others.
    this.ajv.addVocabulary(["openapi", "info", "servers", "paths", "webhooks", "components"]);
    this.ajv.addSchema({ $id: DOCUMENT, ...(closed(document, document) as object) });
    for (const name of Object.keys(document.components.schemas)) this.check(`/components/schemas/${name}`);
  }

  /** What is wrong with the answer, in a sentence; null = nothing. */
  mistakeIn(
    { operation, path, method }: ServedRoute,
    { status, contentType, text }: ReadAnswer,
  ): string | null {
    const told = operation.responses[status] ? String(status) : `${Math.floor(status / 100)}XX`;
    const response = operation.responses[told];
    if (!response) return `the status ${status} is not documented`;
    const kinds = Object.keys(response.content ?? {});
    if (contentType === null || !kinds.includes(contentType)) return `${contentType} is none of ${kinds}`;
    if (text === null) return null;
    const value = contentType === "application/json" ? JSON.parse(text) : text;
    const at = ["paths", path, method.toLowerCase(), "responses", told, "content", contentType, "schema"];
    const mistake = this.check(`/${at.map(escaped).join("/")}`, value);
    return mistake ?? (status >= 400 ? mistakeInError(status, value) : null);
  }

  /** The same for an address that is no route: an error all the same. */
  mistakeInRefusal({ status, contentType, text }: ReadAnswer): string | null {
    if (contentType !== "application/json" || text === null) return `${contentType} is no error of ours`;
    const value = JSON.parse(text);
    return this.check("/components/schemas/Error", value) ?? mistakeInError(status, value);
  }

  private check(pointer: string, value?: unknown): string | null {
    const validate =
      this.checks.get(pointer) ?? this.ajv.compile({ $ref: `${DOCUMENT}#${encodeURI(pointer)}` });
    this.checks.set(pointer, validate);
    if (value === undefined || validate(value)) return null;
    return this.ajv.errorsText(validate.errors?.slice(0, 3), { dataVar: "the answer" });
  }
}

/** The status goes with the code, as docs/errors.md has them. */
function mistakeInError(status: number, { error }: { error: { code: string } }): string | null {
  const rule = Object.entries(ERRORS).find(([code]) => code === error.code)?.[1];
  return rule?.status === status ? null : `the code ${error.code} does not go with ${status}`;
}

const escaped = (part: string) => part.replaceAll("~", "~0").replaceAll("/", "~1");

/** The document with every object of known fields closed: what is answered beside them is a mistake too. */
function closed(value: unknown, document: ServedDocument): unknown {
  if (Array.isArray(value)) return value.map((it) => closed(it, document));
  if (typeof value !== "object" || value === null) return value;
  const schema = value as JsonSchema;
  const whole = Array.isArray(schema.allOf) ? merged(schema, document) : schema;
  const fields = Object.entries(whole).map(([key, it]) => [key, closed(it, document)]);
  const isOpen =
    typeof whole.properties !== "object" || "additionalProperties" in whole || !("type" in whole);
  return { ...Object.fromEntries(fields), ...(isOpen ? {} : { additionalProperties: false }) };
}

/** An `allOf` of objects as one. */
function merged({ allOf, ...rest }: JsonSchema, document: ServedDocument): JsonSchema {
  const parts = (allOf as JsonSchema[]).map((part) => {
    const named = document.components.schemas[String(part.$ref).replace("#/components/schemas/", "")];
    const whole = named ?? part;
    return Array.isArray(whole.allOf) ? merged(whole, document) : whole;
  });
  const all = [...parts, rest];
  return {
    ...rest,
    type: "object",
    properties: Object.assign({}, ...all.map((it) => it.properties ?? {})),
    required: all.flatMap((it) => (it.required ?? []) as string[]),
  };
}
