// Weir by OpenAI's JavaScript client: only the address changes.
//   npm install openai
//   WEIR_URL=http://127.0.0.1:8080 WEIR_KEY=weir-… node examples/openai-sdk.mjs
import OpenAI, { NotFoundError, toFile } from "openai";

const client = new OpenAI({ baseURL: `${process.env.WEIR_URL ?? "http://127.0.0.1:8080"}/v1`, apiKey: process.env.WEIR_KEY });
const model = process.env.WEIR_MODEL ?? "auto";

// An answer from a document. `rag` is Weir's own field, and `weir` in the answer says where it came from and what it cost.
const store = await client.vectorStores.create({});
const file = await toFile(Buffer.from("# Leave\n\nEverybody has 25 days of leave a year.\n"), "leave.md");
const added = await client.vectorStores.files.uploadAndPoll(store.id, file);
const answer = await client.chat.completions.create({
  model: "extractive",
  messages: [{ role: "user", content: "How many days of leave does everybody have?" }],
  rag: { enabled: true, collection: store.id },
});
console.log(answer.choices[0].message.content);
console.log(answer.weir.citations.map(({ index, filename, quote }) => `[${index}] ${filename}: ${quote}`).join("\n"));
console.log(`by ${answer.weir.model}, ${answer.weir.costMicroUsd} micro-dollars, receipt ${answer.weir.receipt}`);

// A stream; from the document too, by a model where there is one.
const stream = await client.chat.completions.create({
  model,
  messages: [{ role: "user", content: "How many days of leave does everybody have?" }],
  rag: { enabled: true, collection: store.id },
  stream: true,
  max_tokens: 50,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
console.log();

await client.vectorStores.delete(store.id);
await client.files.delete(added.id);

// A refusal is one of the client's own classes.
try {
  await client.chat.completions.create({ model: "no-such-model", messages: [{ role: "user", content: "Hello" }] });
} catch (error) {
  if (!(error instanceof NotFoundError)) throw error;
  console.log(`${error.status} ${error.code}`);
}
