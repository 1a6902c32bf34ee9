import type { KeyRecord } from "../../keys/record.ts";
import { budgetAlongside, budgetOf, budgetOwnerOf } from "./budget-shape.ts";
import {
  answers,
  creates,
  idParam,
  onceHeader,
  type Resource,
  refused,
  routeOf,
  takes,
  z,
} from "./contract.ts";
import { changeableKey, checkGrant } from "./key-access.ts";
import { keySchema, newKeySchema, patchOf, patchSchema, showKey } from "./key-shape.ts";

const update = routeOf("updateKey", {
  summary: "Change a key, at once for its next request",
  request: { params: idParam, body: takes(patchSchema) },
  responses: answers(keySchema),
});

const revoke = routeOf("revokeKey", {
  summary: "Revoke a key: all its secrets end at once",
  request: { params: idParam },
  responses: answers(keySchema),
});

const rotate = routeOf("rotateKey", {
  summary: "A new secret for the same key; the old ones end after the overlap",
  request: {
    headers: onceHeader,
    params: idParam,
    body: takes(
      z.strictObject({
        overlap_seconds: z
          .number()
          .default(0)
          .openapi({ description: "Seconds that the old secrets go on working; 0 = they end at once." }),
      }),
    ),
  },
  responses: creates(newKeySchema),
});

/** `PATCH|DELETE /keys/{id}`, `POST /keys/{id}/rotate`. */
export const addKeyActions: Resource = (app, { keys, budgets, services }) => {
  const now = () => services.gateway.clock.now();
  const shown = (key: KeyRecord) => showKey(key, budgets.standing(budgetOwnerOf(key), now()));

  app.openapi(update, async (c) => {
    const { caller } = c.env;
    const key = changeableKey(keys, caller, c.req.valid("param").id);
    if ("refusal" in key) return refused(key.refusal);
    const fields = c.req.valid("json");
    const refusal = checkGrant(caller, fields.scopes);
    if (refusal) return refused(refusal);
    const budget = budgetOf(fields.budget);
    const alongside = budgetAlongside(budgets, budgetOwnerOf(key), budget);
    const changed = await keys.update(key.id, patchOf(fields), caller.keyId, alongside);
    if ("refusal" in changed) return refused(changed.refusal);
    if (budget !== undefined) budgets.changed(budgetOwnerOf(key), budget, now());
    return c.json(shown(changed), 200);
  });

  app.openapi(revoke, async (c) => {
    const key = changeableKey(keys, c.env.caller, c.req.valid("param").id);
    if ("refusal" in key) return refused(key.refusal);
    const revoked = await keys.revoke(key.id, c.env.caller.keyId);
    return "refusal" in revoked ? refused(revoked.refusal) : c.json(shown(revoked), 200);
  });

  app.openapi(rotate, async (c) => {
    const key = changeableKey(keys, c.env.caller, c.req.valid("param").id);
    if ("refusal" in key) return refused(key.refusal);
    const overlapSeconds = c.req.valid("json").overlap_seconds;
    const rotated = await keys.rotate(key.id, { overlapSeconds }, c.env.caller.keyId);
    if ("refusal" in rotated) return refused(rotated.refusal);
    return c.json({ ...shown(rotated.key), key: rotated.secret }, 201);
  });
};
