import { expect, test } from "bun:test";
import fc from "fast-check";
import { parse } from "yaml";
import { yamlEntry } from "./yaml.ts";

test("a rule reads as somebody would write it", () => {
  const rule = {
    ...{ name: "code goes local", priority: 30 },
    ...{ when: { task: "code", needs: ["tools", "vision"], prompt_tokens: { max: 4000 } } },
    ...{ then: { models: ["my-vps/llama3.1", "no"], deny: 'Not "here": ask' } },
  };
  expect(yamlEntry(rule)).toBe(`- name: "code goes local"
  priority: 30
  when:
    task: code
    needs: [tools, vision]
    prompt_tokens: { max: 4000 }
  then:
    models: [my-vps/llama3.1, "no"]
    deny: "Not \\"here\\": ask"`);
});

test("whatever is written is read again as it was", () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const entry = fc.dictionary(fc.string(), value, { minKeys: 1 });
  fc.assert(
    fc.property(entry, (it) => {
      const read = parse(yamlEntry(it), { version: "1.2", uniqueKeys: false });
      expect(read).toEqual([JSON.parse(JSON.stringify(it))]);
    }),
    { numRuns: 300 },
  );
});
