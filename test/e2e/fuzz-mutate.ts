import { toRequest } from "./fuzz-raw-http.ts";

/** A generator of its own, so that a seed tells the whole run. */
export type Dice = { below(limit: number): number; pick<T>(list: readonly T[]): T };

export function createDice(seed: number): Dice {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    pick(list) {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new TypeError("nothing to pick from");
      return picked;
    },
  };
}

/** A request that is right. `body` is a JSON value, or raw bytes. */
export type Right = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly raw?: Buffer;
};

const DEEP = 20_000;
/** JSON texts that have broken servers before. */
const NASTY = [
  "null",
  "true",
  "-1",
  "0",
  "1e999",
  "-0",
  "1e-400",
  "99999999999999999999999",
  "9007199254740993",
  '""',
  "[]",
  "{}",
  "[[]]",
  '"\\u0000"',
  '"\\ud800"',
  '"\\uffff"',
  '"__proto__"',
  '"constructor"',
  '"%00"',
  '"../../etc/passwd"',
  '"\' OR 1=1 --"',
  '"${7*7}"',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toString":null}',
  '{"length":-1}',
  '{"toJSON":1}',
  `"${"x".repeat(100_000)}"`,
  `[${"0,".repeat(5000)}0]`,
  `${"[".repeat(200)}${"]".repeat(200)}`,
  '"1970-01-01"',
  '"weir-0000"',
] as const;
const NASTY_PATHS = [
  "%00",
  "%ff",
  "%",
  "%zz",
  "..",
  "../..",
  "%2e%2e%2f",
  "%2f",
  "//",
  ";",
  "?",
  "*",
  ":id",
  "{}",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  "%F0%9F%92%A9",
  "file-",
  "file_",
  "vs_",
  "req_",
  "ten_",
  "a".repeat(5000),
  "%0d%0aset-cookie:x",
  "'",
  '"',
  "<script>",
  " ",
  "\u00e9",
];
const NASTY_QUERIES = [
  "limit=0",
  "limit=-1",
  "limit=1e99",
  "limit=NaN",
  "limit=",
  "limit=1&limit=2",
  "after=%00",
  "after=%ff",
  "before=__proto__",
  "cursor=%00",
  "cursor=-1",
  "cursor=99999999999999999999",
  "cursor=%ff",
  "cursor=",
  "tenant=",
  "tenant=%00",
  "tenant=acme&tenant=globex",
  "tenant[]=x",
  "from=yesterday",
  "from=%00",
  "from=9999999-01-01",
  "to=0000-00-00",
  "order=sideways",
  "purpose=%00",
  "filter=nothing",
  "__proto__=1",
  "%00=%00",
  "&&&=",
  "a=".repeat(2000),
];
const NASTY_HEADERS: readonly (readonly [string, string])[] = [
  ["content-type", "text/plain"],
  ["content-type", "application/xml"],
  ["content-type", "application/json; charset=utf-16"],
  ["content-type", "multipart/form-data"],
  ["content-type", "multipart/form-data; boundary="],
  ["content-type", "multipart/form-data; boundary=no-such"],
  ["content-type", '"'],
  ["content-encoding", "gzip"],
  ["authorization", "Bearer"],
  ["authorization", "Bearer \u0080\u00ff"],
  ["authorization", `Bearer ${"k".repeat(5000)}`],
  ["authorization", "Basic eDp5"],
  ["authorization", "Bearer weir-00000000000000000000000000000000"],
  ["openai-tenant", "\u00ff"],
  ["openai-tenant", "globex"],
  ["openai-tenant", "__proto__"],
  ["x-weir-feature", "f".repeat(101)],
  ["x-weir-feature", "\u00ff\u0001"],
  ["x-weir-feature", "__proto__"],
  ["x-api-key", ""],
  ["accept", "\u00ff/*"],
  ["expect", "100-continue"],
  ["expect", "something"],
  ["host", ""],
  ["host", "a b"],
  ["range", "bytes=0-1,2-3,-9"],
  ["if-none-match", '"x"'],
  ["upgrade", "websocket"],
  ["connection", "upgrade"],
  ["x-forwarded-for", "'"],
  ["cookie", "a=b; __proto__=1"],
  ["content-length", "0"],
];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "FOO", "X".repeat(300)];

type Mutation = (right: Right, dice: Dice) => Right;

/** Replaces one value of the body, wherever it lies, by a nasty text; now and then the field's name. */
const oneValue: Mutation = (right, dice) => {
  if (right.raw !== undefined || right.body === undefined) return right;
  const text = JSON.stringify(right.body);
  const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
  const place = dice.pick(places);
  const end = place.index + place[0].length;
  const isName = text[end] === ":";
  const nasty = isName ? dice.pick(['"__proto__"', '"constructor"', '""', '"\\u0000"', '"model"', '"unknown"']) : dice.pick(NASTY);
  return { ...right, raw: Buffer.from(text.slice(0, place.index) + nasty + text.slice(end)) };
};

const bytesOf = (right: Right): Buffer =>
  right.raw ?? (right.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(right.body)));

const someBytes: Mutation = (right, dice) => {
  const bytes = Buffer.from(bytesOf(right));
  if (bytes.length === 0) return { ...right, raw: Buffer.from(dice.pick(["\0", "{", "[", "null", "\ufeff{}"])) };
  for (let times = 1 + dice.below(4); times > 0; times--)
    bytes[dice.below(bytes.length)] = dice.pick([0, 0xff, 0xc3, 0x80, 0x22, 0x7b, 0x5d, 0x2c, 10, 13]);
  return { ...right, raw: bytes };
};
const truncated: Mutation = (right, dice) => ({ ...right, raw: bytesOf(right).subarray(0, dice.below(bytesOf(right).length + 1)) });
const inserted: Mutation = (right, dice) => {
  const bytes = bytesOf(right);
  const at = dice.below(bytes.length + 1);
  const piece = dice.pick([
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from("\0\0"),
    Buffer.from('","x":"'),
    Buffer.from("}}}"),
  ]);
  return { ...right, raw: Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]) };
};
const nested: Mutation = (right, dice) => {
  const [open, close] = dice.pick([
    ["[", "]"],
    ['{"a":', "}"],
    ['{"messages":[', "]}"],
  ] as const);
  const inner = dice.pick([`${open.repeat(DEEP)}1${close.repeat(DEEP)}`, open.repeat(DEEP)]);
  const text = `{"model":"m","messages":[{"role":"user","content":"parts=1"}],"deep":${inner}}`;
  return { ...right, raw: Buffer.from(dice.pick([inner, text])) };
};
const whole: Mutation = (right, dice) => ({ ...right, raw: Buffer.from(dice.pick(NASTY)) });

const path: Mutation = (right, dice) => {
  const segments = right.path.split("/");
  segments[1 + dice.below(segments.length - 1)] = dice.pick(NASTY_PATHS);
  return { ...right, path: segments.join("/") };
};
const idMutated: Mutation = (right, dice) => {
  const at = dice.below(right.path.length);
  return {
    ...right,
    path: `${right.path.slice(0, at)}${dice.pick(["a", "%41", "%", "_", "é", "~"])}${right.path.slice(at + dice.below(2))}`,
  };
};
const query: Mutation = (right, dice) => ({
  ...right,
  path: `${right.path}${right.path.includes("?") ? "&" : "?"}${dice.pick(NASTY_QUERIES)}&${dice.pick(NASTY_QUERIES)}`,
});
const header: Mutation = (right, dice) => {
  const [name, value] = dice.pick(NASTY_HEADERS);
  return { ...right, headers: { ...right.headers, [name]: value } };
};
const method: Mutation = (right, dice) => ({ ...right, method: dice.pick(METHODS) });

const MUTATIONS: readonly Mutation[] = [
  oneValue,
  oneValue,
  oneValue,
  someBytes,
  truncated,
  inserted,
  nested,
  whole,
  path,
  idMutated,
  query,
  header,
  method,
];

/** One to three mutations of a right request, as bytes. A content length that is too short would only make the server wait. */
export function mutate(right: Right, dice: Dice): Buffer {
  let wrong = right;
  for (let times = 1 + dice.below(3); times > 0; times--) wrong = dice.pick(MUTATIONS)(wrong, dice);
  return toRequest(wrong.method, wrong.path.replaceAll(" ", dice.pick(["%20", " "])), wrong.headers, bytesOf(wrong));
}
