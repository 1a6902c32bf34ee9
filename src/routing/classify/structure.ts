import { countMarks } from "./marks.ts";

/** The shape of a text, apart from its words. All counts are of what was read. */
export interface Structure {
  fences: boolean;
  /** Lines that look like a program's, 0–1 of those that are not empty. */
  codeLines: number;
  /** Names only programs have: snake_case, camelCase, file.ext. */
  identifiers: number;
  /** Calls, operators and tags that prose does not have. */
  codeMarks: number;
  stackTrace: boolean;
  sql: boolean;
  shell: boolean;
  latex: boolean;
  equations: number;
  /** Runs of digits. */
  numbers: number;
  /** Answers to choose from: A) … B) … C) … */
  options: boolean;
  /** Rows with several cells. */
  tableRows: number;
  /** Lines that open with a speaker's name, as in a transcript. */
  speakerLines: number;
  questions: number;
  lines: number;
}

const FENCE = "```";
const CODE_LINE =
  /^[ \t>+-]{0,40}(?:(?:import|from) [\w.{*"]+ ?(?:;|import|from|,|}|as|$)|def \w+\s?\(|class \w+\s?[({:]|function\b[^.\n]{0,60}[({]|(?:const|let|var) [\w{[]+[^.\n]{0,40}=|(?:public|private|protected|static) \w+|#include|using \w+|package \w+|return\b.{0,60};|(?:if|for|while|elif|switch)\s?\(.{0,80}\)\s?[{:]?$|(?:if|for|while|elif|with|try|else|except)\b.{0,80}:$|<\/?[a-z!][^>\n]{0,120}>|\/\/|\/\*|@\w+|[\w.[\]]+ ?[-+*]?= ?[^=\n]{1,120};?$|[\w.]+\(.{0,120}\);?$|[}\])]+[;,)]{0,3}$|"?[\w-]+"?: ?["[{\d].{0,80},?$)/;
const LINE_END = /[;{}]\s?$/;
const STACK_TRACE =
  /Traceback \(most recent|\n\s{1,12}at [\w.$<>/]{1,80}[( ]|Exception in thread|\b[A-Z][a-z]\w{1,30}(?:Error|Exception)\b|File "[^"\n]{1,120}", line \d|panic: |[Ss]egmentation fault|\berror(?:\[E\d{2,5}\]|:| TS\d{2,5}| C\d{3,5})|\bERROR\b.{0,40}[:\]]|\bFATAL\b|\berrno\b|\bexit (?:code|status) \d|\bnpm ERR!|\bundefined reference|\bcommand not found|\bNo such file or directory/;
const SQL =
  /\bSELECT\b[^;]{1,200}?\bFROM\b|\bselect \*|\bINSERT INTO\b|\binsert into \w{1,40} ?\(|\b(?:CREATE|ALTER|DROP) (?:TABLE|VIEW|INDEX|DATABASE|PROCEDURE)\b|\bcreate table\b|\bUPDATE \w{1,40} SET\b|\b(?:LEFT|INNER|OUTER) JOIN\b|\bGROUP BY\b/;
const SHELL =
  /(?:^|\n|`)[ \t]{0,4}(?:[$%] ?[a-z]|[\w.-]{1,30}@[\w.-]{1,40}[:~]|(?:sudo|apt|apt-get|npm|npx|yarn|pip|pip3|git|docker|kubectl|curl|wget|ssh|chmod|mkdir|brew|systemctl|cargo|helm|terraform) -{0,2}[a-z]+)/;
const LATEX =
  /\\(?:frac|d?frac|sqrt|int|sum|prod|lim|begin|left|cdot|times|leq?|geq?|neq|in|mathbb|mathrm|mathbf|text|alpha|beta|theta|pi|infty|to|angle|overline|binom|log|ln|sin|cos|equiv|pmod|triangle|circ|boxed)\b|\\\[|\\\(|\$[^$\n]{0,60}[\\^_={+*][^$\n]{0,60}\$/;
const EQUATION =
  /(?:\b[a-zA-Z](?:\([a-z]\))?|\d|\)|²|³) ?(?:=|<|>|≤|≥|≠|≡) ?[-+±√(]?(?:\d|[a-zA-Z]\b|[a-z]\()|\d ?[+*×÷^·] ?\(?\d|\b\d{1,9}[a-z](?:\^\d|²|³)?(?: ?[+=−-] ?\d)|[a-z]\^[\d{(n]|[∫∑√∞∀∃⊢∧∨→∈ℝ]|\d ?\/ ?\d{1,4} ?[+*×)=-]|\b\d+ ?- ?\d+ ?[=+*]/g;
const OPTION_A = /(?:^|[\s([])\(?[Aa1][).:、．]\s?\S/;
const OPTION_B = /[\s([]\(?[Bb2][).:、．]\s?\S/;
const OPTION_C = /[\s([]\(?[Cc3][).:、．]\s?\S/;
const LETTERED = /(?:^|[\s([])\(?[ABab][).:、．]\s?\S/;
const IDENTIFIER =
  /\b[a-z]{2,30}[A-Z][a-z]\w{0,40}\b|\b[a-zA-Z]\w{0,30}_[a-zA-Z]\w{0,30}\b|\b[\w-]{1,40}\.(?:py|js|jsx|ts|tsx|java|cpp|hpp|cs|go|rs|rb|php|sh|sql|json|ya?ml|xml|html|css|csv|log|conf|ini|toml|ipynb|dll|exe|so|jar|env)\b|--[a-z][\w-]{1,30}\b/g;
const CODE_MARK =
  /=>|->|[=!]==?|&&|\|\||::|:=|\+\+|<\/[a-z]|\b\w{1,30}\(\)|\b\w{1,30}\.\w{1,30}\(|\[\d{0,9}:?-?\d{0,9}\]|\w\[['"\w]|[{(]["']|#include|<[a-z]{1,12}(?: [a-z-]{1,20}="|>)|\$\{|\{\{|%[sd]\b|\bNULL\b|\bNone\b|(?:^|\s)[~.]?\/[\w.-]+\/[\w.-]+/g;
const SPEAKER =
  /^(?:#?[A-Z][\w#.'-]{0,20}(?: [A-Z][\w.'-]{0,20}){0,2}#?|\[?\d{1,2}:\d\d(?::\d\d)?\]?.{0,30}): ?\S/;

const MOST_LINES = 80;
const MOST_COUNTED = 12;

function matches(text: string, pattern: RegExp): number {
  pattern.lastIndex = 0;
  let found = 0;
  while (found < MOST_COUNTED && pattern.test(text)) found++;
  return found;
}

function lineShapes(text: string): { code: number; tableRows: number; speakers: number; lines: number } {
  let lines = 0;
  let code = 0;
  let tableRows = 0;
  let speakers = 0;
  for (let start = 0; start < text.length && lines < MOST_LINES; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 160)).trimEnd();
    start = end + 1;
    if (line.length < 1) continue;
    lines++;
    if (CODE_LINE.test(line) || (LINE_END.test(line) && line.length < 140 && text.length > end)) code++;
    else if (SPEAKER.test(line)) speakers++;
    if (line.indexOf("|") !== line.lastIndexOf("|") || line.indexOf("\t") !== line.lastIndexOf("\t"))
      tableRows++;
  }
  return { code, tableRows, speakers, lines };
}

/** Looks at a text of bounded length; every pattern is bounded too, so nothing a caller sends makes it slow. */
export function readStructure(text: string): Structure {
  const marks = countMarks(text);
  const { code, tableRows, speakers, lines } = lineShapes(text);
  const prose =
    marks.brackets + marks.operators + marks.pipes + marks.slashes + marks.glued + marks.colons === 0;
  const maths = marks.operators > 0 || (marks.digits > 1 && marks.dashes + marks.slashes > 0);
  return {
    fences: marks.newlines > 0 && text.includes(FENCE),
    codeLines: lines === 0 ? 0 : code / lines,
    identifiers: marks.glued > 0 ? matches(text, IDENTIFIER) : 0,
    codeMarks: prose ? 0 : matches(text, CODE_MARK),
    stackTrace: STACK_TRACE.test(text),
    sql: SQL.test(text),
    shell: SHELL.test(text),
    latex: (marks.backslashes > 0 || marks.dollars > 1) && LATEX.test(text),
    equations: maths ? matches(text, EQUATION) : 0,
    numbers: marks.digits,
    options: LETTERED.test(text) && OPTION_A.test(text) && OPTION_B.test(text) && OPTION_C.test(text),
    tableRows,
    speakerLines: speakers,
    questions: marks.questions,
    lines,
  };
}
