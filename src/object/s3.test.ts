import { test } from "bun:test";
import assert from "node:assert/strict";
import { createS3Blobs } from "./index.ts";
import { signV4 } from "./sigv4.ts";
import { bytesOf } from "./testing.ts";

const CREDENTIALS = {
  region: "us-east-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const AT = Date.UTC(2013, 4, 24);

test("requests are signed as in the examples that S3's documentation gives", () => {
  const signatureOf = (method: "GET" | "PUT", url: string, headers: Record<string, string>, body?: Uint8Array) =>
    /Signature=(.*)$/.exec(signV4({ method, url: new URL(url), headers, body }, CREDENTIALS, AT)["authorization"] ?? "")?.[1];
  const host = "https://examplebucket.s3.amazonaws.com";
  assert.equal(
    signatureOf("GET", `${host}/test.txt`, { range: "bytes=0-9" }),
    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  );
  assert.equal(
    signatureOf(
      "PUT",
      `${host}/test%24file.text`,
      { date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY" },
      bytesOf("Welcome to Amazon S3."),
    ),
    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  );
  assert.equal(signatureOf("GET", `${host}/?max-keys=2&prefix=J`, {}), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
});

type Reply = { readonly status: number; readonly body?: string } | "broken";

function bucketOf(replies: readonly Reply[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const waits: number[] = [];
  const left = [...replies];
  const blobs = createS3Blobs(
    {
      fetch: async (url, init) => {
        asked.push({ url, init });
        const reply = left.shift();
        if (reply === undefined || reply === "broken") throw new TypeError("connection reset");
        return new Response(reply.status === 204 ? null : (reply.body ?? ""), { status: reply.status });
      },
      nowMs: () => AT,
      wait: async (ms) => void waits.push(ms),
    },
    { ...CREDENTIALS, bucket: "weir", endpoint: "http://s3.test:9000", prefix: "prod/" },
  );
  return { blobs, asked, waits };
}

test("the bucket is part of the path, the prefix part of the name, and neither secret nor content part of an address", async () => {
  const { blobs, asked } = bucketOf([{ status: 200 }]);
  await blobs.put("files/ten_1/a=b", bytesOf("content"));
  assert.equal(asked[0]?.url, "http://s3.test:9000/weir/prod/files/ten_1/a%3Db");
  assert.ok(!JSON.stringify(asked[0]).includes(CREDENTIALS.secretAccessKey));
});

test("what an overloaded server or a broken connection spoils is tried three times in all", async () => {
  const passing = bucketOf(["broken", { status: 503 }, { status: 200 }]);
  await passing.blobs.put("files/ten_1/a", bytesOf("x"));
  assert.deepEqual(passing.waits, [200, 400]);
  const failing = bucketOf(["broken", { status: 500 }, { status: 429 }, { status: 200 }]);
  await assert.rejects(failing.blobs.put("files/ten_1/a", bytesOf("x")), { code: "store_unavailable" });
  assert.equal(failing.asked.length, 3);
});

test("a refusal is said in words of Weir's own, without the server's text", async () => {
  const cases = [
    ["SignatureDoesNotMatch", 403, /secretAccessKey/],
    ["InvalidAccessKeyId", 403, /accessKeyId/],
    ["AccessDenied", 403, /credentials/],
    ["NoSuchBucket", 404, /objects\.bucket/],
    ["SomethingElse", 418, /status 418/],
  ] as const;
  for (const [code, status, says] of cases) {
    const { blobs } = bucketOf([{ status, body: `<Error><Code>${code}</Code><Message>account-4711</Message></Error>` }]);
    await assert.rejects(blobs.get("files/ten_1/a"), (error: Error) => says.test(error.message) && !error.message.includes("4711"), code);
  }
  const { blobs } = bucketOf([{ status: 404, body: "<Error><Code>NoSuchKey</Code></Error>" }]);
  assert.equal(await blobs.get("files/ten_1/a"), undefined);
});
