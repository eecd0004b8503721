import { CommandError, EXIT, type Args, type CliDeps, type Flag } from "./command.ts";
import { readKey } from "./reach.ts";

export const PASSPHRASE_FLAG: Readonly<Record<string, Flag>> = {
  passphrase: { value: "REF", description: "what the backup is encrypted under: env:NAME or file:PATH" },
};

/** Shorter ones are guessed, whatever the cost of a guess. */
const CHARS_MIN = 12;

/** undefined: none was named. The words themselves may not stand on a command line, which others on the machine can read. */
export async function readPassphrase(args: Args, deps: CliDeps): Promise<string | undefined> {
  const named = args.text("passphrase");
  if (named === undefined) return undefined;
  if (!/^(?:env|file):/.test(named))
    throw new CommandError("--passphrase must be env:NAME or file:PATH: others can read a command line.", EXIT.usage);
  const text = (await readKey(named, deps)).trim();
  if (text.length < CHARS_MIN) throw new CommandError(`The passphrase must have at least ${String(CHARS_MIN)} characters.`, EXIT.usage);
  return text;
}
