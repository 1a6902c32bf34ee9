import { describe, expect, test } from "bun:test";
import { promptClassifier } from "./classify.ts";

const user = (content: unknown) => ({ role: "user", content });
const taskOf = (...messages: unknown[]) => promptClassifier.classify(messages).task;

const ARTICLE =
  "The harbour board has agreed to rebuild the old pier after the autumn floods. Fishermen will moor at the northern quay until the work is done, which may take until next May. Owners of cafes nearby fear a quiet season, yet the board expects many to come and watch the cranes. Half of the money comes from the county, the rest from a fund for coastal towns.";

test.each([
  ["code", "Write a Rust program that prints the first ten lines of a file"],
  ["code", "Escribe una función en Python que invierta una cadena"],
  ["code", "用Python写一个读取JSON文件的函数"],
  ["code", "Schreibe eine SQL-Abfrage, die alle Kunden ohne Bestellung zeigt"],
  ["code", "Écris un script Bash qui compresse un dossier"],
  ["code", "Напиши класс на Java для очереди сообщений"],
  ["code", "JavaScriptで配列をシャッフルする関数を書いてください"],
  ["code", "اكتب كود بايثون لقراءة ملف CSV"],
  ["code", "जावास्क्रिप्ट में एक फंक्शन लिखो जो एरे को सॉर्ट करे, code likho"],
  ["code", "자바로 이진 트리를 구현하는 코드를 작성해 줘"],
  ["reasoning", "A farmer has 17 sheep and buys twice as many. How many sheep does he have in total?"],
  ["reasoning", "Calcula la derivada de f(x) = x^2 + 3x"],
  ["reasoning", "证明根号2是无理数"],
  ["reasoning", "Beweise, dass es unendlich viele Primzahlen gibt."],
  ["reasoning", "Combien font 15 % de 240 euros, plus 12 euros ?"],
  ["reasoning", "Сколько километров проедет поезд за 3 часа при скорости 80 км в час?"],
  ["reasoning", "時速60キロで3時間走ると何キロ進みますか"],
  ["reasoning", "احسب مساحة مثلث قاعدته 6 وارتفاعه 4"],
  ["summary", `Summarize this:\n\n${ARTICLE}`],
  ["summary", `${ARTICLE}\n\nResume el texto anterior.`],
  ["summary", `请总结以下文章：${ARTICLE}`],
  ["summary", `Fasse den Text zusammen: ${ARTICLE}`],
  ["summary", `Résume cet article : ${ARTICLE}`],
  ["summary", `Сделай краткое содержание текста: ${ARTICLE}`],
  ["chat", "What is a good name for a parrot?"],
  ["chat", "Escribe un poema sobre el mar"],
  ["chat", "推荐几本适合冬天看的小说"],
  ["chat", "Übersetze ins Englische: Das Wetter ist heute schön."],
  ["chat", "Quels sont les plus beaux villages de Bretagne ?"],
  ["chat", "Расскажи сказку про медведя"],
  ["chat", "おはようございます"],
  ["chat", "اكتب قصة قصيرة عن قطة"],
  ["chat", "मेरी माँ के लिए एक कविता लिखो"],
])("%s is asked by: %s", (task, prompt) => expect(taskOf(user(prompt))).toBe(task as "chat"));

describe("what only looks alike is told apart", () => {
  test.each([
    ["code", "def summarize(rows):\n    return sum(rows)\n\nTypeError: unsupported operand. Why?"],
    ["code", 'Exception in thread "main" java.lang.IllegalStateException\n\tat app.Main.run(Main.java:12)'],
    ["chat", "Improve the summary section of my resume: I sold shoes for six years."],
    ["chat", `${ARTICLE}\n\nWho pays for the pier?`],
    ["chat", `Translate this into Danish:\n\n${ARTICLE}`],
  ])("%s: %s", (task, prompt) => expect(taskOf(user(prompt))).toBe(task as "chat"));
});

describe("in a conversation the last user message decides", () => {
  const code = [
    user("Write a loop in Go"),
    { role: "assistant", content: "```go\nfor i := 0; i < 3; i++ {}\n```" },
  ];
  test("a change of subject is seen", () =>
    expect(taskOf(...code, user("Thank you! Can you recommend a good book about gardening?"))).toBe("chat"));
  test("a short follow-up keeps the subject", () =>
    expect(taskOf(...code, user("make it count backwards"))).toBe("code"));
  test("text given earlier is there to be condensed", () =>
    expect(taskOf(user(ARTICLE), { role: "assistant", content: "Noted." }, user("Now summarize it"))).toBe(
      "summary",
    ));
});

test.each([
  ["English", `${ARTICLE}\n`.repeat(70)],
  ["Chinese, in far fewer characters", "港口委员会决定重建旧码头。".repeat(600)],
  ["in several parts", Array.from({ length: 60 }, () => ({ type: "text", text: ARTICLE.repeat(2) }))],
])("a very long paste is long_context whatever is asked of it: %s", (_, content) =>
  expect(taskOf(user(content), user("And what is 2 + 2?"))).toBe("long_context"));

test.each([
  [[]],
  [[null, 1, "x", [], {}]],
  [[user(null)]],
  [[user([null, { type: "image_url" }, { text: 5 }])]],
  [[user("\ud800\udc00\ud800")]],
  [[user("\u0000\uffff")]],
])("messages of any shape are chat at worst, never an exception: %j", (messages) => {
  expect(promptClassifier.classify(messages).task).toBe("chat");
  expect(promptClassifier.suggestIndustry(messages)).toBeNull();
});

test("the same prompt always gets the same answer, scores and features included", () => {
  const messages = [user(`${ARTICLE}\nWhat are the key points?`)];
  expect(promptClassifier.classify(messages)).toEqual(promptClassifier.classify(messages));
});

test.each([
  ["legal", "Can my landlord evict me without notice? The eviction clause in the contract names no court."],
  ["healthcare", "A patient with diabetes asks whether ibuprofen raises blood pressure."],
  ["finance", "Compare the dividend and earnings per share of both companies for my portfolio."],
  ["code", "Write a Python function that parses a JSON file and returns a list of keys."],
  ["education", "Write a lesson plan with homework for my students about volcanoes."],
  [null, "Which is the longest river in Europe?"],
  [null, "Hello"],
])("the industry suggested is %s for: %s", (industry, prompt) =>
  expect(promptClassifier.suggestIndustry([user(prompt)])).toBe(industry as null));
