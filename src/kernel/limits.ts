/** Each limit has its reason beside it, and a test at it and one past it. */

/** A chat body: images come as base64, and the largest context of a current model is about 4 MB of text. */
export const CHAT_BODY_BYTES_MAX = 20 * 1024 * 1024;
/** Admin and other small JSON bodies. */
export const JSON_BODY_BYTES_MAX = 1024 * 1024;
/** Levels of arrays and objects in a JSON body: schemas of tools have some dozens, and what is written out again level by level ends the stack at thousands. */
export const JSON_DEPTH_MAX = 512;
/** One uploaded file. Parsing holds a file in memory a few times over. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** Messages in one call: beyond this a client loops. */
export const MESSAGES_MAX = 4096;
/** OpenAI's own limit for tools in one call. */
export const TOOLS_MAX = 128;
/** Answers asked for at once (`n`): each is billed. */
export const CHOICES_MAX = 16;
/** OpenAI's own limit is four; vLLM takes more. */
export const STOP_MAX = 16;
/** Sent upstream where the caller names none, so that a reservation is a bound. */
export const OUTPUT_TOKENS_DEFAULT = 4096;
/** Passages that one call may ask for: beyond this they crowd out the question. */
export const TOP_K_MAX = 50;
export const TOP_K_DEFAULT = 8;
/** An image costs tokens by its size in pixels, not its bytes; no current model takes more than this for one. */
export const IMAGE_TOKENS_MAX = 40_000;
/** One line of an upstream's event stream: longer ones are a broken upstream. */
export const SSE_LINE_BYTES_MAX = 8 * 1024 * 1024;
/** A whole JSON answer of an upstream. */
export const UPSTREAM_BODY_BYTES_MAX = 64 * 1024 * 1024;
/** Keep-alive comments on a silent stream; the runtime's own idle cut comes at 12 s unless set. */
export const PING_EVERY_MS = 10_000;
/** Targets tried for one call, the first included. */
export const ATTEMPTS_MAX = 3;
/** Rows on one page of a listing. */
export const PAGE_MAX = 1000;
export const PAGE_DEFAULT = 100;
/** OpenAI's own limit for the inputs of one call for embeddings, and for the tokens of one input given as tokens. */
export const EMBEDDING_INPUTS_MAX = 2048;
/** Documents of one call for a ranking: Cohere's own advice for one request. Each is read together with the whole query. */
export const RERANK_DOCUMENTS_MAX = 1000;
/** Four times the longest vectors of any model known: what asks for more has a slip in it. */
export const DIMENSIONS_MAX = 65_536;
/** A token of a vocabulary: the largest have some hundred thousand. */
export const TOKEN_ID_MAX = 2 ** 31 - 1;
/** Characters of one text to be judged: about 10 ms of a processor, during which nobody else has a turn. */
export const MODERATION_CHARACTERS_MAX = 32_768;
/** Texts of one call to be judged, each with a pause after it. */
export const MODERATION_INPUTS_MAX = 128;
