import type { ChatCall, Passage } from "./chat.ts";
import type { Course } from "./course.ts";
import type { Plan } from "./target.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import { ATTEMPTS_MAX } from "../kernel/limits.ts";

/** A passage for tests; a test names the fields it is about. */
export function testPassage(of: Partial<Passage> & { readonly text: string }): Passage {
  return {
    chunkId: "file_x#1",
    fileId: fileIds.make(1),
    filename: "handbook.md",
    title: "Handbook",
    collectionId: collectionIds.make(1),
    collectionName: "handbook",
    headings: [],
    start: 0,
    end: of.text.length,
    score: 1,
    ...of,
  };
}

/** A chat, in the same way. */
export function testChat(change: Partial<ChatCall> = {}): ChatCall {
  return {
    model: "m",
    messages: [{ role: "user", content: "hi" }],
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: undefined,
    responseFormat: undefined,
    sampling: {},
    maxOutputTokens: 100,
    maxOutputAsked: true,
    stream: false,
    rag: undefined,
    extra: {},
    endUser: undefined,
    inputBytes: 40,
    ...change,
  };
}

/** Each target of a plan once, in order, without breakers, repeats or deadlines; asked again as long as there are attempts. */
export function plainCourse(plan: Pick<Plan, "targets">): Course {
  const left = [...plan.targets];
  let why = new Fault("no_target");
  let attempts = 0;
  const again = (): boolean => attempts < ATTEMPTS_MAX && ++attempts > 0;
  return {
    async next() {
      attempts++;
      const target = left.shift();
      const end = (fault: Fault | undefined): void => {
        if (fault !== undefined && fault.code !== "client_gone") why = fault;
      };
      return target === undefined ? undefined : { target, timed: target, answered: () => undefined, again, end };
    },
    why: () => why,
  };
}
