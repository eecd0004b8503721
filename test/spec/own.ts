import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApi, Operation } from "../../src/http/index.ts";

type Content = Readonly<Record<string, { readonly schema?: object }>>;
type Answer = { readonly content?: Content };

/** Every operation of a description, with its method and path. */
export const operationsOf = (api: OpenApi): (readonly [name: string, operation: Operation])[] =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );

const ERROR = { $ref: "#/components/schemas/Error" };

/** Holds answers against the description that the server itself gives of them (`/openapi.json`). */
export function createOwnCheck(api: OpenApi) {
  const ajv = new Ajv2020.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "own", components: api.components });
  const byName = new Map(operationsOf(api));
  const compiled = new Map<object, ValidateFunction>();
  const violations: string[] = [];
  let bodies = 0;
  let undescribed = 0;

  const compile = (schema: object): ValidateFunction => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const made = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"own#/components/')) as object);
    compiled.set(schema, made);
    return made;
  };

  const hold = (where: string, schema: object, value: unknown): undefined => {
    bodies++;
    const validate = compile(schema);
    if (!validate(value))
      violations.push(`${where}: ${(validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`).join("; ")}`);
    return undefined;
  };

  return {
    violations,
    counts: () => ({ bodies, undescribed }),
    compile,
    /** `name` is the method and the path as the description has it. */
    see(name: string, status: number, type: string, text: string): void {
      const where = `${name} ${status}`;
      const operation = byName.get(name);
      if (operation === undefined) return void violations.push(`${name} is not described`);
      const answer = operation.responses[String(status)] as Answer | undefined;
      if (answer === undefined) return void violations.push(`${where} is not described`);
      // Nothing is described, and nothing came.
      if (answer.content === undefined && text === "") return undefined;
      const [media = ""] = type.split(";");
      const described = answer.content?.[media];
      if (described === undefined) return void violations.push(`${where}: ${media} is not described`);
      if (described.schema === undefined) return void undescribed++;
      if (media === "application/json") return hold(where, described.schema, JSON.parse(text));
      if (media !== "text/event-stream") return undefined;
      for (const line of text.split("\n")) {
        if (!line.startsWith("data: ") || line === "data: [DONE]") continue;
        const event = JSON.parse(line.slice(6)) as object;
        hold(`${where}, event`, "error" in event ? ERROR : described.schema, event);
      }
      return undefined;
    },
  };
}
export type OwnCheck = ReturnType<typeof createOwnCheck>;
