// Weir as a library: the same path, policy and record as over HTTP, in this process.
//   VLLM_BASE_URL=http://127.0.0.1:8000/v1 VLLM_MODEL=llama bun examples/library.ts
import { createWeir } from "../src/index.ts";

// The fields of weir.yaml; without providers the environment's quick start counts, as for `weir serve`.
const weir = await createWeir({ dataDir: process.env["WEIR_DATA_DIR"] ?? "./data" });
try {
  const answer = await weir.generate([{ role: "user", content: "Say hello in five words." }], {
    system: "You are polite.",
    maxTokens: 50,
    model: "auto",
    tenant: "default",
  });
  console.log(answer.text);
  console.log(`by ${answer.model} at ${answer.provider} in ${Math.round(answer.latencyMs)} ms`);
  console.log(`${answer.usage.inputTokens} tokens in, ${answer.usage.outputTokens} out, ${answer.costMicroUsd} micro-dollars`);
  // Vectors, where the configuration has a model of kind embedding:
  //   const { vectors } = await weir.embed(["one text", "another"], { model: "bge-m3" });
} finally {
  await weir.close();
}
