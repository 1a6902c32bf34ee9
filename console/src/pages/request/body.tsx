import type { LogDetail } from "../../api-types.ts";
import { PageLink, usePage } from "../../location.tsx";
import { Button, buttonLook } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Empty, Note } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { useMay, whoMay } from "../../session.tsx";
import {
  type Conversation,
  type Message,
  type Part,
  pretty,
  readRequest,
  readResponse,
} from "./conversation.ts";

type Bodies = NonNullable<LogDetail["bodies"]>;
type Side = "request" | "response";

const TITLES = { request: "What was asked", response: "What was answered" } as const;
const READERS = { request: readRequest, response: readResponse } as const;

/** One side of what was said, as far as it was kept; else why it was not, and what to do about it. */
export function Body({ row, side }: { row: LogDetail; side: Side }) {
  const { bodies } = row;
  if (!bodies)
    return <Panel>{row.bodies_missing === "expired" ? <Expired /> : <NotStored row={row} />}</Panel>;
  const text = bodies[side];
  if (text === null)
    return (
      <Panel>
        {side === "request" ? (
          <Empty title="The request could not be read">It was too large, too slow or not text.</Empty>
        ) : (
          <Empty title="Nothing was answered">The client left before there was anything to send.</Empty>
        )}
      </Panel>
    );
  return <Said bodies={bodies} side={side} text={text} />;
}

function Said({ bodies, side, text }: { bodies: Bodies; side: Side; text: string }) {
  const [{ as }, change] = usePage("/logs/$id");
  const conversation = READERS[side](text);
  const isText = as === "text" || conversation === null;
  return (
    <Panel
      title={TITLES[side]}
      actions={
        <div className="flex flex-wrap gap-2">
          {conversation && (
            <Button aria-pressed={isText} onClick={() => change({ as: isText ? undefined : "text" })}>
              {isText ? "As a conversation" : "As text"}
            </Button>
          )}
          <Copy text={text} />
        </div>
      }
    >
      <div className="grid min-w-0 gap-4">
        <Notes isTruncated={bodies[`${side}_truncated`]} isRedacted={bodies[`${side}_redacted`]} />
        {isText ? <Plain text={pretty(text)} label={TITLES[side]} /> : <Messages read={conversation} />}
      </div>
    </Panel>
  );
}

function Notes({ isTruncated, isRedacted }: { isTruncated: boolean; isRedacted: boolean }) {
  return (
    <>
      {isTruncated && <Note tone="warn">Only the first MiB is kept: the rest was cut off.</Note>}
      {isRedacted && (
        <Note tone="info">Attached files and API keys are not kept: brackets stand in their place.</Note>
      )}
    </>
  );
}

function Plain({ text, label }: { text: string; label: string }) {
  return (
    <section
      className="code max-h-[40rem] overflow-auto break-words whitespace-pre-wrap"
      aria-label={label}
      tabIndex={0}
    >
      {text}
    </section>
  );
}

function Messages({ read: { messages, rest } }: { read: Conversation }) {
  const fields = Object.keys(rest);
  return (
    <>
      <ol className="grid min-w-0 gap-3">
        {messages.map((message, index) => (
          <li key={index} className="min-w-0">
            <Bubble message={message} />
          </li>
        ))}
      </ol>
      {fields.length > 0 && (
        <details>
          <summary className="font-medium break-words">Everything else: {fields.join(", ")}</summary>
          <div className="mt-3">
            <Plain text={JSON.stringify(rest, null, 2)} label="Everything else" />
          </div>
        </details>
      )}
    </>
  );
}

const EDGES: Record<string, string> = { user: "border-accent", assistant: "border-ok", error: "border-bad" };

function Bubble({ message: { role, about, parts } }: { message: Message }) {
  return (
    <article className={`min-w-0 border-l-4 pl-3 ${EDGES[role] ?? "border-edge"}`}>
      <h3 className="break-words">
        {role}
        {about && <span className="ml-2 font-normal text-quiet">{about}</span>}
      </h3>
      {parts.length === 0 && <p className="text-quiet">Nothing was said.</p>}
      {parts.map((part, index) => (
        <Piece key={index} part={part} />
      ))}
    </article>
  );
}

function Piece({ part: { kind, name, text } }: { part: Part }) {
  if (kind === "text") return <p className="max-w-[100ch] break-words whitespace-pre-wrap">{text}</p>;
  const title = kind === "tool call" ? `Calls ${name ?? "a tool"}` : (name ?? "Something else");
  if (kind === "reasoning")
    return (
      <details className="my-1">
        <summary className="text-quiet">What it thought</summary>
        <p className="mt-1 max-w-[100ch] break-words whitespace-pre-wrap text-quiet">{text}</p>
      </details>
    );
  return (
    <div className="my-1 grid min-w-0 gap-1">
      <p className="break-words text-quiet">{title}</p>
      <Plain text={text} label={title} />
    </div>
  );
}

function NotStored({ row }: { row: LogDetail }) {
  const isOperator = useMay("admin");
  return (
    <Empty
      title="What was said in this request is not kept"
      action={
        isOperator && (
          <PageLink to="/settings/organization" search={{ org: row.org_id }} className={buttonLook()}>
            Settings of the organization
          </PageLink>
        )
      }
    >
      <p>
        Its organization did not keep prompts and answers when it was sent, or they were erased since. To keep
        them from the next request on, turn on <em>Store prompts and answers</em> in the settings of the
        organization{isOperator ? "." : `: that is for ${whoMay("admin")}.`}
      </p>
    </Empty>
  );
}

function Expired() {
  return (
    <Empty title="What was said in this request is not kept any more">
      It is older than prompts and answers are kept: <code>store.body_days</code> of the configuration.
    </Empty>
  );
}
