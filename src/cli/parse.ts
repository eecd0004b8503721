import { parseArgs } from "node:util";
import { didYouMean } from "../config/index.ts";
import { type Args, type Command, CommandError, EXIT } from "./command.ts";

/** Where a command line leads. */
export type Parsed =
  | { readonly kind: "run"; readonly command: Command; readonly args: Args }
  | { readonly kind: "help"; readonly command: Command | undefined }
  /** Of commands that share their first word. */
  | { readonly kind: "group-help"; readonly commands: readonly Command[] }
  | { readonly kind: "version" };

const HELP_WORDS = new Set(["help", "--help", "-h"]);

/** Throws CommandError (exit code 2) that names what is wrong and the nearest known word. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): Parsed {
  const [first, second] = argv;
  if (first === undefined) return { kind: "help", command: undefined };
  if (first === "--version" || first === "-V" || first === "version") return { kind: "version" };
  const asked = HELP_WORDS.has(first) ? argv.slice(1) : HELP_WORDS.has(second ?? "") ? [first] : [];
  if (asked.length === 1) {
    const group = commands.filter((command) => command.name.startsWith(`${String(asked[0])} `));
    if (group.length > 0) return { kind: "group-help", commands: group };
  }
  if (HELP_WORDS.has(first))
    return { kind: "help", command: second === undefined ? undefined : findCommand(argv.slice(1), commands).command };
  const { command, words } = findCommand(argv, commands);
  const rest = argv.slice(words);
  if (asksForHelp(rest)) return { kind: "help", command };
  return { kind: "run", command, args: readArgs(rest, command) };
}

/** `--` ends the flags; what follows is meant literally. */
function asksForHelp(rest: readonly string[]): boolean {
  const end = rest.indexOf("--");
  return rest.slice(0, end < 0 ? rest.length : end).some((word) => word === "--help" || word === "-h");
}

function findCommand(argv: readonly string[], commands: readonly Command[]): { command: Command; words: number } {
  const [first = "", second] = argv;
  const named = (name: string): Command | undefined => commands.find((command) => command.name === name || command.aliases?.includes(name));
  const two = second === undefined ? undefined : named(`${first} ${second}`);
  if (two !== undefined) return { command: two, words: 2 };
  const one = named(first);
  if (one !== undefined) return { command: one, words: 1 };
  const inGroup = commands.filter((command) => command.name.startsWith(`${first} `)).map((command) => command.name.slice(first.length + 1));
  if (inGroup.length > 0) {
    const asked =
      second === undefined || second.startsWith("-") ? `"${first}" needs one more word` : `there is no command "${first} ${second}"`;
    throw new CommandError(`${asked}: ${inGroup.join(", ")}.${second === undefined ? "" : didYouMean(second, inGroup)}`, EXIT.usage);
  }
  const words = [...new Set(commands.map((command) => command.name.split(" ")[0] ?? "")), "help"];
  throw new CommandError(`there is no command "${first}".${didYouMean(first, words) || ` Known: ${words.join(", ")}.`}`, EXIT.usage);
}

function readArgs(argv: readonly string[], command: Command): Args {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, flag]) => [
      name,
      { type: flag.value === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  // Not strict: parseArgs would stop at the first mistake and knows no nearest name.
  const { tokens, positionals } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    checkFlag(token, command, values);
    values.set(token.name, token.value ?? true);
  }
  checkOperands(positionals, command);
  return {
    operands: positionals,
    text(name) {
      const value = values.get(name);
      return typeof value === "string" ? value : undefined;
    },
    on: (name) => values.has(name),
  };
}

type OptionToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
};

function checkFlag(token: OptionToken, command: Command, seen: ReadonlyMap<string, unknown>): void {
  const fail = (message: string): never => {
    throw new CommandError(`${message} See weir ${command.name} --help.`, EXIT.usage);
  };
  const flag = Object.hasOwn(command.flags, token.name) ? command.flags[token.name] : undefined;
  if (flag === undefined) {
    const known = Object.keys(command.flags);
    const near = didYouMean(token.name, known).replace('"', '"--');
    return fail(`there is no flag ${token.rawName}.${near || ` Known: ${known.map((name) => `--${name}`).join(", ")}.`}`);
  }
  if (seen.has(token.name)) return fail(`--${token.name} was given twice.`);
  if (flag.value === undefined && token.value !== undefined) return fail(`--${token.name} takes no value.`);
  if (flag.value !== undefined && token.value === undefined) return fail(`--${token.name} needs a value: --${token.name} ${flag.value}.`);
  // `--tenant --json` is a forgotten value, not a tenant called --json; `--tenant=--json` can still say so.
  const looksLikeFlag = token.inlineValue === false && token.value?.startsWith("-") === true && !/^-\d/.test(token.value);
  if (looksLikeFlag) return fail(`--${token.name} needs a value: --${token.name} ${flag.value ?? ""}.`);
}

function checkOperands(operands: readonly string[], command: Command): void {
  const { operandsMin, operandsMax } = command;
  if (operands.length < operandsMin)
    throw new CommandError(`weir ${command.name} needs ${command.operands}. See weir ${command.name} --help.`, EXIT.usage);
  if (operands.length > operandsMax) {
    const extra = operands[operandsMax] ?? "";
    throw new CommandError(`weir ${command.name} does not know what to do with "${extra}". See weir ${command.name} --help.`, EXIT.usage);
  }
}
