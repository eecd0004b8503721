import { cutBySentence } from "./sentence.ts";
import { touching } from "./span.ts";
import type { Cut } from "./span.ts";

/** Small chunks of whole sentences that touch. That they are searched with their neighbours' words is the index's part: see ../segment.ts. */
export const cutWindows: Cut<"window"> = (text, { tokens }) =>
  touching(text, cutBySentence(text, { strategy: "sentence", tokens, overlap: 0 }));
