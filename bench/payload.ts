/** What goes back and forth in the JSON runs: a short conversation and a short answer, as a support desk has them. */

export const MODEL = "bench-model";

export const CHAT_BODY = JSON.stringify({
  model: MODEL,
  max_tokens: 256,
  temperature: 0.2,
  messages: [
    { role: "system", content: "You answer questions of customers of a furniture shop. Be short and friendly." },
    { role: "user", content: "Hello, my chair arrived with a scratch on its back." },
    { role: "assistant", content: "I am sorry to hear that. Would you like a replacement or a refund of part of the price?" },
    { role: "user", content: "A replacement, please. How long does that take, and do I have to send the old one back first?" },
  ],
});

export const CHAT_ANSWER = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_760_000_000,
  model: MODEL,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: "A replacement takes three to five working days. Keep the old chair until the new one arrives; the driver takes it along.",
        refusal: null,
      },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 87, completion_tokens: 29, total_tokens: 116 },
});

export const streamBody = JSON.stringify({ ...JSON.parse(CHAT_BODY), stream: true, stream_options: { include_usage: true } });
