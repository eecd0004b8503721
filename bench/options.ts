import { parseArgs } from "node:util";

export type Options = {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly tenants: number;
  readonly streams: number;
  readonly streamSeconds: number;
  /** Seconds of the long runs; 0: none. */
  readonly longSeconds: number;
  readonly gatewayCore: number;
  readonly loadCore: number;
  readonly gateway: readonly string[];
  /** False when `--gateway` put something else in its place: then the documents are not touched. */
  readonly isWeir: boolean;
  /** Names of the rows to measure; undefined: all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly updateDocs: boolean;
};

export const HELP = `npm run bench -- [options]
  --quick              one round of 3 seconds, short streams: a look, not a figure
  --rounds N           interleaved repetitions, medians are printed (5)
  --seconds N          of each run (10)
  --connections N      of the load generator (64)
  --tenants N          whose keys take turns (100)
  --streams N          open at once (512)
  --stream-seconds N   measured after all are open (20)
  --long [N]           also N seconds (600) against each database, watching backlog and memory
  --only a,b           rows: mock, nginx, bun, portkey, journal, guard-off, guard-2k, guard-2k-off, guard-mask,
                       guard-all, postgres, pglite, latency, streams
  --core N, --load-core N   of the gateway (0) and of everything else (1)
  --gateway "COMMAND"  in place of "bun src/main.ts"
  --update-docs        writes the tables into docs/performance.md`;

export function readOptions(args: readonly string[], bun: string): Options | undefined {
  // `--long` alone means ten minutes, which parseArgs cannot say.
  const spelled = args.flatMap((arg, at) => (arg === "--long" && !/^\d+$/.test(args[at + 1] ?? "") ? ["--long", "600"] : [arg]));
  const { values } = parseArgs({
    args: spelled,
    options: {
      help: { type: "boolean" },
      quick: { type: "boolean" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      connections: { type: "string", default: "64" },
      tenants: { type: "string", default: "100" },
      streams: { type: "string", default: "512" },
      "stream-seconds": { type: "string" },
      long: { type: "string", default: "0" },
      only: { type: "string" },
      core: { type: "string", default: "0" },
      "load-core": { type: "string", default: "1" },
      gateway: { type: "string" },
      "update-docs": { type: "boolean", default: false },
    },
  });
  if (values.help === true) return undefined;
  const quick = values.quick === true;
  return {
    rounds: Number(values.rounds ?? (quick ? 1 : 5)),
    seconds: Number(values.seconds ?? (quick ? 3 : 10)),
    connections: Number(values.connections),
    tenants: Number(values.tenants),
    streams: Number(values.streams),
    streamSeconds: Number(values["stream-seconds"] ?? (quick ? 5 : 20)),
    longSeconds: Number(values.long),
    gatewayCore: Number(values.core),
    loadCore: Number(values["load-core"]),
    gateway: values.gateway?.split(" ") ?? [bun, "src/main.ts"],
    isWeir: values.gateway === undefined,
    only: values.only === undefined ? undefined : new Set(values.only.split(",")),
    updateDocs: values["update-docs"],
  };
}
