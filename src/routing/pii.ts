import { ibanAt } from "./iban.ts";

/*
 * Signs of personal data: e-mail addresses, phone numbers, payment cards, IBANs, US social security numbers. One pass
 * each with a bounded look-around, so that hostile text costs no more than prose. What looks alike and is not (dates,
 * versions, addresses of machines, order numbers) must not count, or rules would fire on everything.
 */

export function containsPii(texts: readonly string[]): boolean {
  return texts.some((text) => hasEmail(text) || hasNumbers(text) || hasIban(text));
}

const isDigit = (unit: number) => unit >= 48 && unit <= 57;
const isLetter = (unit: number) => (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);

const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;
const LOCAL = /[\p{L}\p{N}._%+-]/u;
const DOMAIN = /[\p{L}\p{N}.-]/u;
const TOP_LEVEL = /\.\p{L}{2,24}$/u;

function hasEmail(text: string): boolean {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > 0 && at - start < LONGEST_LOCAL && LOCAL.test(text[start - 1] ?? "")) start -= 1;
    if (start === at) continue;
    let end = at + 1;
    while (end < text.length && end - at <= LONGEST_DOMAIN && DOMAIN.test(text[end] ?? "")) end += 1;
    const domain = text.slice(at + 1, end).replace(/[.-]+$/, "");
    if (!domain.startsWith(".") && TOP_LEVEL.test(domain)) return true;
  }
  return false;
}

function hasIban(text: string): boolean {
  for (let at = 0; at + 4 < text.length; at++) {
    // Two letters and two digits at the beginning of a word.
    if (!isDigit(text.charCodeAt(at + 2)) || !isDigit(text.charCodeAt(at + 3))) continue;
    if (!isLetter(text.charCodeAt(at)) || !isLetter(text.charCodeAt(at + 1))) continue;
    const before = at > 0 ? text.charCodeAt(at - 1) : 0;
    if (!isLetter(before) && !isDigit(before) && ibanAt(text, at)) return true;
  }
  return false;
}

/** Groups of digits with one separator between them, as people write numbers. */
interface Groups {
  /** `+`, `(` or nothing before the first digit. */
  lead: string;
  digits: string[];
  /** Between the groups: one of ` `, `-`, `.`, `) `, … */
  separators: string[];
}

/** Nobody writes a longer number in groups; what follows begins anew. */
const MOST_GROUPS = 8;
const LONGEST_GROUP = 19;

function hasNumbers(text: string): boolean {
  let at = 0;
  while (at < text.length) {
    if (!isDigit(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const glued = isGluedBefore(text, at);
    const { groups, next, end } = groupsAt(text, at);
    const gluedBehind = end < text.length && (isLetter(text.charCodeAt(end)) || text[end] === "_");
    if (!glued && !gluedBehind && isPersonal(groups)) return true;
    at = next;
  }
  return false;
}

/** A letter stands before it, or it goes on a number that a hyphen, a dot or a slash divides. */
function isGluedBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const before = text[at - 1] ?? "";
  if (isLetter(text.charCodeAt(at - 1)) || before === "_") return true;
  return at > 1 && "-./".includes(before) && isDigit(text.charCodeAt(at - 2));
}

/** Reads the groups from a digit on. `next` is where looking goes on: behind the first group, so that each can begin a number. */
function groupsAt(text: string, from: number): { groups: Groups; next: number; end: number } {
  const lead = from > 0 && (text[from - 1] === "+" || text[from - 1] === "(") ? (text[from - 1] ?? "") : "";
  const plus = lead === "(" && text[from - 2] === "+" ? "+" : lead;
  const groups: Groups = { lead: plus, digits: [], separators: [] };
  let at = from;
  let next = from;
  let end = from;
  while (groups.digits.length < MOST_GROUPS) {
    const start = at;
    while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
    if (groups.digits.length === 0) next = at;
    if (at - start > LONGEST_GROUP) {
      if (groups.digits.length === 0) groups.digits.push("");
      break;
    }
    groups.digits.push(text.slice(start, at));
    end = at;
    const length = separatorAt(text, at);
    if (length === 0 || !isDigit(text.charCodeAt(at + length))) break;
    groups.separators.push(text.slice(at, at + length));
    at += length;
  }
  return { groups, next, end };
}

/** `)`, `) `, ` `, ` (`, `-`, `-(`, `.` or `/`: how long it is; 0 = none of these. */
function separatorAt(text: string, at: number): number {
  const next = text[at + 1];
  switch (text[at]) {
    case ")":
      return next === " " ? 2 : 1;
    case " ":
    case "-":
      return next === "(" ? 2 : 1;
    case ".":
    case "/":
      return 1;
    default:
      return 0;
  }
}

/** The shortest are telephone numbers. */
const FEWEST_DIGITS = 8;
/** Nobody begins a number with three single digits, unless a `+` says that it is one. */
const isListOfDigits = ({ lead, digits: [first = "", second = "", third = ""] }: Groups) =>
  lead !== "+" && first.length === 1 && second.length === 1 && third.length === 1;

function isPersonal(groups: Groups): boolean {
  let count = 0;
  for (const group of groups.digits) count += group.length;
  if (count < FEWEST_DIGITS || isListOfDigits(groups)) return false;
  return isSocialSecurity(groups) || isCard(groups) || isPhone(groups);
}

function sizesOf(digits: readonly string[]): string {
  return digits.map(({ length }) => length).join(" ");
}

function isSocialSecurity({ lead, digits, separators }: Groups): boolean {
  if (lead !== "" || sizesOf(digits) !== "3 2 4") return false;
  const [area = "", group = "", serial = ""] = digits;
  const isSame = separators[0] === separators[1] && (separators[0] === "-" || separators[0] === " ");
  return isSame && area !== "000" && area !== "666" && area < "900" && group !== "00" && serial !== "0000";
}

const CARD_SIZES = /^(?:1[3-9]|4 4 4 [1-4]|4 4 4 4(?: [1-3])?|4 6 [45])$/;

/** Any number of groups behind a card does not hide it. */
function isCard({ digits, separators }: Groups): boolean {
  for (const count of [1, 3, 4, 5]) {
    if (count > digits.length) continue;
    const part = digits.slice(0, count);
    const separated = separators.slice(0, count - 1).every((it) => it === " " || it === "-");
    const number = part.join("");
    if (separated && CARD_SIZES.test(sizesOf(part)) && /^[2-6]/.test(number) && passesLuhn(number))
      return true;
  }
  return false;
}

function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = number.charCodeAt(number.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** North American, with or without the country's 1. */
const AMERICAN = /^(?:1 )?3 3 4$/;
/** `01 42 68 53 00`, `98765 43210`. */
const NATIONAL_PAIRS = /^(?:2 2 2 2 2|5 5)$/;

function isPhone({ lead, digits, separators }: Groups): boolean {
  const number = digits.join("");
  const sizes = sizesOf(digits);
  const [first = "", second = ""] = digits;
  if (lead === "+" || (number.startsWith("00") && digits.length > 1)) {
    return number.length >= 8 && number.length <= 15 && (lead === "+" || number.length >= 11);
  }
  if (separators.some((it) => it.includes("/")) && !number.startsWith("0")) return false;
  if (AMERICAN.test(sizes)) {
    const area = first.length === 1 ? second : first;
    return (first.length === 3 || first === "1") && /^[2-9]/.test(area);
  }
  if (NATIONAL_PAIRS.test(sizes)) return /^(?:0|[6-9]\d{4})/.test(number) && !separators.includes(".");
  // Mainland Chinese mobile numbers are written without any separator.
  if (digits.length === 1) return /^1[3-9]\d{9}$/.test(number);
  const isTrunk = /^0[1-9]/.test(number) && first.length >= 3 && first.length <= 5;
  return isTrunk && number.length >= 9 && number.length <= 12 && digits.length <= 5;
}
