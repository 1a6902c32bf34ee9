/** Marks that must be there before a costly pattern is worth a look. */
export interface Marks {
  /** Runs of digits. */
  digits: number;
  newlines: number;
  backslashes: number;
  dollars: number;
  brackets: number;
  operators: number;
  /** Capitals, underscores, dots and hyphens inside words, doubled hyphens. */
  glued: number;
  dashes: number;
  pipes: number;
  slashes: number;
  colons: number;
  questions: number;
}

/** One pass over the text; lower-case Latin letters, most of what comes, are left soonest. */
export function countMarks(text: string): Marks {
  const marks = {
    digits: 0,
    newlines: 0,
    backslashes: 0,
    dollars: 0,
    brackets: 0,
    operators: 0,
    glued: 0,
    dashes: 0,
    pipes: 0,
    slashes: 0,
    colons: 0,
    questions: 0,
  };
  let previous = 32;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 0x61 || code > 0x7a) && code !== 32) countMark(marks, code, previous, text, index);
    previous = code;
  }
  return marks;
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isLower = (code: number) => code >= 0x61 && code <= 0x7a;

function countMark(marks: Marks, code: number, previous: number, text: string, index: number): void {
  if (isDigit(code)) {
    const goesOn =
      isDigit(previous) || ((previous === 46 || previous === 44) && isDigit(text.charCodeAt(index - 2)));
    if (!goesOn) marks.digits++;
  } else if (code >= 0x41 && code <= 0x5a) {
    if (isLower(previous)) marks.glued++;
  } else if (code === 10) marks.newlines++;
  else if (code === 46 || code === 95) {
    if (code === 95 || isLower(text.charCodeAt(index + 1))) marks.glued++;
  } else if (code === 45) {
    marks.dashes++;
    if (previous === 45) marks.glued++;
  } else if (code === 40 || code === 91 || code === 123) marks.brackets++;
  else if (code === 58) marks.colons++;
  else if (code === 47) marks.slashes++;
  else if (code === 63 || code === 0xff1f || code === 0x61f || code === 0x37e) marks.questions++;
  else if (code === 36) marks.dollars++;
  else if (code === 92) marks.backslashes++;
  else if (code === 124) marks.pipes++;
  else if (isOperator(code)) marks.operators++;
}

/** ASCII, Latin-1 and mathematical operators, superscripts among them. */
function isOperator(code: number): boolean {
  if (code < 0x80)
    return (code >= 0x3c && code <= 0x3e) || code === 42 || code === 43 || code === 94 || code === 38;
  return (
    code === 0xb2 ||
    code === 0xb3 ||
    code === 0xb7 ||
    code === 0xd7 ||
    code === 0xf7 ||
    (code >= 0x2190 && code <= 0x22ff) ||
    code === 0x211d
  );
}
