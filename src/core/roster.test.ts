import { expect, test } from "bun:test";
import fc from "fast-check";
import { Roster } from "./roster.ts";

interface Member {
  name: number;
  place: number;
}

test("any sequence of adding and removing leaves exactly the members that were not removed", () => {
  const steps = fc.array(fc.record({ isAdd: fc.boolean(), name: fc.nat({ max: 15 }) }));
  fc.assert(
    fc.property(steps, (sequence) => {
      const roster = new Roster<Member>();
      const members = Array.from({ length: 16 }, (_, name) => ({ name, place: -1 }));
      const expected = new Set<number>();
      for (const { isAdd, name } of sequence) {
        const member = members[name];
        if (!member) continue;
        if (isAdd && !roster.has(member)) {
          roster.add(member);
          expected.add(name);
        } else if (!isAdd) {
          roster.remove(member);
          expected.delete(name);
        }
        expect(roster.has(member)).toBe(expected.has(name));
      }
      expect(roster.size).toBe(expected.size);
      expect(new Set(roster.all().map(({ name }) => name))).toEqual(expected);
    }),
  );
});

test("a copy taken before a removal still has the member; a member of another roster is not removed", () => {
  const one = new Roster<Member>();
  const other = new Roster<Member>();
  const a = { name: 1, place: -1 };
  const b = { name: 2, place: -1 };
  one.add(a);
  other.add(b);
  const copy = one.all();
  one.remove(b);
  expect(one.size).toBe(1);
  one.remove(a);
  expect(copy).toEqual([a]);
  expect(one.size).toBe(0);
  expect(other.size).toBe(1);
});
