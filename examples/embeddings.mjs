// Embeddings by OpenAI's JavaScript client: only the address changes.
//   npm install openai
//   WEIR_URL=http://127.0.0.1:8080 WEIR_KEY=weir-… WEIR_EMBEDDING_MODEL=bge-m3 node examples/embeddings.mjs
// The model is one of weir.yaml with `kind: embedding`.
import OpenAI, { BadRequestError } from "openai";

const client = new OpenAI({ baseURL: `${process.env.WEIR_URL ?? "http://127.0.0.1:8080"}/v1`, apiKey: process.env.WEIR_KEY });
const model = process.env.WEIR_EMBEDDING_MODEL ?? "bge-m3";

const texts = ["Everybody has 25 days of leave a year.", "The office is closed on Sundays.", "Invoices are paid within 30 days."];
const question = "How many days of leave does everybody have?";

// One call for all of them. The client asks for base64 by itself, which is a quarter of the bytes.
const made = await client.embeddings.create({ model, input: [question, ...texts] });
const [asked, ...known] = made.data.map((item) => item.embedding);

const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
const likeness = (a, b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const ranked = texts.map((text, at) => ({ text, score: likeness(asked, known[at]) })).toSorted((a, b) => b.score - a.score);
for (const { text, score } of ranked) console.log(`${score.toFixed(3)}  ${text}`);
console.log(
  `${made.data.length} vectors of ${asked.length} numbers, ${made.usage.prompt_tokens} tokens, ${made.weir.costMicroUsd} micro-dollars`,
);

// A model that answers chats makes no vectors, and says so.
try {
  await client.embeddings.create({ model: process.env.WEIR_MODEL ?? "auto", input: question });
} catch (error) {
  if (!(error instanceof BadRequestError)) throw error;
  console.log(`${error.status} ${error.param}`);
}
