import { test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type Asked } from "../upstream/index.ts";
import { eventually } from "./eventually.ts";
import { plant, PLANTED_KINDS, type Planted } from "./personal-data.ts";
import { startWeir } from "./server.ts";

const REQUESTS = process.env["WEIR_TEST_LONG"] === "1" ? 5000 : 150;
const PRICE = "price: { inputPerMTok: 1, outputPerMTok: 1 }";

type Leaks = { readonly looks: number; readonly inTheClear: number };

/**
 * Calls with planted personal data, whose answers hold other planted data, under a cascade with a judge elsewhere and a shadow elsewhere.
 * Of what these two were asked, how much held any of it in the clear.
 */
async function run(count: number, guard: string): Promise<Leaks> {
  const asked = Array.from({ length: count }, (_, at) => plant(PLANTED_KINDS[at % PLANTED_KINDS.length] ?? ""));
  const answered: readonly Planted[] = asked.map((_, at) => plant(PLANTED_KINDS[(at + 1) % PLANTED_KINDS.length] ?? ""));
  const say = ({ model, lastUserText }: Asked): readonly string[] | undefined => {
    if (model === "judge-far") return ["yes"];
    const at = Number(/Number (\d+)\./.exec(lastUserText)?.[1]);
    return model === "small" ? [answered[at]?.sentence ?? "nothing"] : undefined;
  };
  const upstream = await createFakeUpstream({ say });
  const weir = await startWeir({
    yaml: `
${guard}
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: private }
  far: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: external }
models:
  small: { provider: up, upstream: small }
  large: { provider: up, upstream: large }
  judge: { provider: far, upstream: judge-far, ${PRICE} }
  other: { provider: far, upstream: other-far, ${PRICE} }
routes:
  auto:
    - { use: [small, large], strategy: cascade, gate: { kind: judge, model: judge, min: 0.5 }, shadow: { model: other, share: 1 } }
`,
  });
  const values = [...asked, ...answered].map(({ value }) => value);
  let [looks, inTheClear] = [0, 0];
  try {
    const { key } = await weir.tenant("acme");
    for (const [at, { sentence }] of asked.entries()) {
      const from = upstream.calls.length;
      const content = `Number ${at}. ${sentence}`;
      const response = await weir.chat(key, { model: "auto", max_tokens: 50, stream: at % 2 === 0, messages: [{ role: "user", content }] });
      assert.ok((await response.text()).length > 0 && response.ok);
      // The copy of this call is the last that is asked for it.
      await eventually(async () => assert.equal(upstream.calls[from + 2]?.model, "other-far"), { everyMs: 2 });
      for (const { model, body } of upstream.calls.slice(from)) {
        if (!model.endsWith("-far")) continue;
        looks++;
        const text = JSON.stringify(body);
        if (values.some((value) => text.includes(value))) inTheClear++;
      }
    }
    return { looks, inTheClear };
  } finally {
    await weir.close();
    await upstream.close();
  }
}

test(
  "neither a judge nor a shadow elsewhere gets personal data in the clear, of the question or of the answer",
  async () => {
    const { looks, inTheClear } = await run(REQUESTS, "");
    assert.deepEqual([looks, inTheClear], [2 * REQUESTS, 0]);
    console.log(`# planted: ${REQUESTS} calls, ${looks} looks of judges and shadows, 0 in the clear`);
  },
  REQUESTS * 200,
);

test("where nothing is masked both are seen to get it", async () => {
  const count = 20;
  const { inTheClear } = await run(count, "guard: { pii: off }");
  assert.equal(inTheClear, 2 * count);
  console.log(`# planted: ${inTheClear} of ${2 * count} seen where nothing is masked`);
});
