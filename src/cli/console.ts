import { type AddCommand, answering } from "./context.ts";

/** `nyuro console link`. */
export const addConsole: AddCommand = (program, context) => {
  const link = program
    .command("console")
    .description("the console in the browser")
    .command("link")
    .description("a link that makes whoever opens it an owner, once, within 30 minutes");
  answering(link, context, async () => {
    const answer = await context.api.send("POST", "/console/link");
    if ("problem" in answer) return answer;
    const { link: url, expires_at } = answer.body;
    return { json: answer.body, text: `${url}\n(once, until ${expires_at}; the one made before has ended)` };
  });
};
