import { deployment } from "../../src/testing/catalog.ts";
import { startGateway, type TestGateway, testProvider } from "../../src/testing/gateway.ts";
import { type Answer, ScriptedUpstream, type UpstreamRequest } from "../../src/testing/scripted-upstream.ts";
import { anthropicWire } from "../../src/testing/wire/anthropic.ts";
import { bedrockWire } from "../../src/testing/wire/bedrock.ts";
import { geminiWire } from "../../src/testing/wire/gemini.ts";
import { ollamaWire } from "../../src/testing/wire/ollama.ts";
import { openaiWire } from "../../src/testing/wire/openai.ts";
import type { WireProvider } from "../../src/testing/wire/wire-provider.ts";

/** One provider of each language. */
export const WIRES: readonly WireProvider[] = [
  openaiWire,
  anthropicWire,
  geminiWire,
  bedrockWire,
  ollamaWire,
];

type Play = (request: UpstreamRequest, answer: Answer, wire: WireProvider) => void;

/** Five scripted providers that speak five languages, and the gateways before them. */
export class Stage {
  /** What all of them do with their next requests. */
  play: Play = () => {};
  /** In order, whoever received them. */
  readonly requests: { wire: WireProvider; request: UpstreamRequest }[] = [];
  private readonly upstreams = new Map<string, ScriptedUpstream>();
  private readonly gateways: TestGateway[] = [];

  static async open(): Promise<Stage> {
    const stage = new Stage();
    for (const wire of WIRES) {
      const upstream = await ScriptedUpstream.start();
      upstream.on("*", (request, answer) => {
        stage.requests.push({ wire, request });
        stage.play(request, answer, wire);
      });
      stage.upstreams.set(wire.id, upstream);
    }
    return stage;
  }

  /** A gateway that serves `<dialect>-model` of each; no failure of one test rests a deployment of the next. */
  start(wires: readonly WireProvider[] = WIRES): TestGateway {
    const originOf = ({ id }: WireProvider) => new URL(this.upstreams.get(id)?.baseUrl ?? "").origin;
    const gateway = startGateway({
      providers: wires.map((wire) =>
        testProvider(wire.id, originOf(wire), { dialect: wire.id, ...wire.settings(originOf(wire)) }),
      ),
      deployments: wires.map(({ id, model }) =>
        deployment(`${id}/${id}-model`, { upstream: model, capabilities: null, maxOutputTokens: 8192 }),
      ),
    });
    this.gateways.push(gateway);
    return gateway;
  }

  async close(): Promise<void> {
    for (const gateway of this.gateways) await gateway.stop();
    for (const upstream of this.upstreams.values()) await upstream.stop();
  }
}
