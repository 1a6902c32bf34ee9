import { expect, test } from "bun:test";
import fc from "fast-check";
import { DocumentNames } from "./document-names.ts";

test.each([
  ["report.pdf", "report"],
  ["John's  report #2.docx", "John s report 2"],
  ["a\tb", "a b"],
  ["résumé.pdf", "resume"],
  ["plan [v1] (final)-x.pdf", "plan [v1] (final)-x"],
  ["분기보고서.pdf", "document"],
  [".pdf", "document"],
  ["", "document"],
  [null, "document"],
])("%p is called %p", (filename, name) => expect(new DocumentNames().next(filename)).toBe(name));

test("every name is allowed, and no two of one request are the same", () => {
  const filenames = fc.array(
    fc.option(fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom("a.pdf", "A.csv"))),
    {
      maxLength: 30,
    },
  );
  fc.assert(
    fc.property(filenames, (all) => {
      const names = new DocumentNames();
      const given = all.map((filename) => names.next(filename));
      for (const name of given) {
        expect(name).toMatch(/^[a-zA-Z0-9\s\-()[\]]{1,200}$/);
        expect(name).not.toMatch(/\s\s/);
      }
      expect(new Set(given.map((name) => name.toLowerCase())).size).toBe(given.length);
    }),
  );
});
