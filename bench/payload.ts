/** What goes back and forth in the JSON runs: a short conversation and a short answer, as a support desk has them. */

export const MODEL = "bench-model";
/** In the last message of every body: the load generator writes a number in its place, so that no two prompts are the same for long. */
export const NUMBER = "NUMBER#";

export const CHAT_BODY = JSON.stringify({
  model: MODEL,
  max_tokens: 256,
  temperature: 0.2,
  messages: [
    { role: "system", content: "You answer questions of customers of a furniture shop. Be short and friendly." },
    { role: "user", content: "Hello, my chair arrived with a scratch on its back." },
    { role: "assistant", content: "I am sorry to hear that. Would you like a replacement or a refund of part of the price?" },
    {
      role: "user",
      content: `A replacement, please. How long does that take, and do I have to send the old one back first? Order ${NUMBER}.`,
    },
  ],
});

/** The same with a prompt of 2 KB, as a support desk pastes them. */
export const LONG_BODY = JSON.stringify({
  ...JSON.parse(CHAT_BODY),
  messages: [
    {
      role: "user",
      content:
        [
          "Please summarise what the customer wrote and say what we owe. The order was placed on the third of March through the shop's page and",
          "delivered nine days later than promised. Two of the six chairs had scratches on the back, the table's drawer does not close, and one of",
          "the screws was missing from the bag. The carrier left the boxes in the rain although there is a roof next to the door, so the cardboard",
          "was soft when the customer came home. The photographs show damage on the lower edge of the table as well, which may have happened on",
          "the way or before it left the warehouse; nobody can tell. According to our terms a customer may return goods within thirty days, and",
          "damage has to be reported within fourteen. The first message came after eleven days, the photographs after sixteen. The customer asks",
          "for a new drawer, a reduction of twenty per cent on the chairs and the cost of the screws, and would keep everything else.",
        ]
          .join(" ")
          .repeat(3)
          .slice(0, 2030) + ` Order ${NUMBER}.`,
    },
  ],
});

/** Half a kilobyte with somebody's data in it, which leaves masked and comes back. */
export const PERSONAL_BODY = JSON.stringify({
  ...JSON.parse(CHAT_BODY),
  messages: [
    { role: "system", content: "You answer questions of customers of a furniture shop. Be short and friendly." },
    {
      role: "user",
      content:
        "Hello, my name is Ingrid Lindqvist. My chair arrived with a scratch on its back. You can reach me at ingrid.lindqvist@example.com or " +
        "+49 30 901820 in the evening; the refund may go to DE89 3704 0044 0532 0130 00. I live at Hauptstraße 5, 10115 Berlin. How long does it take, " +
        `and do I have to send the old one back first? Order ${NUMBER}.`,
    },
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
