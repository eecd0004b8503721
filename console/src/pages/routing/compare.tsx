import { useMemo } from "react";
import { routingText as text } from "#text/routing.ts";
import { usePaged } from "../../api/paged.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Card } from "../../ui/card.tsx";
import { classNames } from "../../ui/class-names.ts";
import { SelectField } from "../../ui/field.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { diffLines, type DiffRow } from "./diff.ts";
import { stateOf, type Policy } from "./types.ts";
import { writeText } from "./yaml.ts";

/** Two versions side by side, line by line. Unless told, with the one in production, else with the one before. */
export function Compare({ policy, tenant }: { readonly policy: Policy; readonly tenant: string | undefined }) {
  const [chosen, setChosen] = useSearchText("with");
  const list = usePaged<Policy>("/admin/v1/policies", { tenant, kind: policy.kind, order: "desc", limit: 100 });
  return (
    <Loaded of={list}>
      {() => {
        const others = list.rows.filter(({ id }) => id !== policy.id);
        const other =
          others.find(({ id }) => id === chosen) ??
          others.find(({ environment }) => environment === "production") ??
          others.find(({ version }) => version < policy.version) ??
          others[0];
        if (other === undefined)
          return (
            <Card>
              <EmptyState title={text.noOther} />
            </Card>
          );
        return (
          <Card flush>
            <div className="border-b border-line px-4 py-3">
              <SelectField
                label={text.compareWith}
                value={other.id}
                onChange={(event) => setChosen(event.target.value)}
                className="max-w-sm"
              >
                {others.map((each) => (
                  <option key={each.id} value={each.id}>
                    {text.policyTitle(text.kinds[each.kind], each.version)} · {text.states[stateOf(each)]}
                  </option>
                ))}
              </SelectField>
            </div>
            <Diff before={other} after={policy} />
          </Card>
        );
      }}
    </Loaded>
  );
}

function Diff({ before, after }: { readonly before: Policy; readonly after: Policy }) {
  const rows = useMemo(() => diffLines(writeText(before.body, "yaml"), writeText(after.body, "yaml")), [after, before]);
  if (rows.every(({ kind }) => kind === "same")) return <EmptyState title={text.same} />;
  return (
    <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label={text.compareTab}>
      <table className="w-full table-fixed border-collapse font-mono text-xs leading-5 max-md:min-w-160">
        <colgroup>
          <col className="w-10" />
          <col />
          <col className="w-10" />
          <col />
        </colgroup>
        <thead>
          <tr className="border-b border-line text-left font-sans text-ink-faint">
            {[before, after].map((each) => (
              <th key={each.id} scope="col" colSpan={2} className="px-3 py-1.5 font-medium">
                {text.policyTitle(text.kinds[each.kind], each.version)} · {text.states[stateOf(each)]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {folded(rows).map((row, at) =>
            row.kind === "fold" ? (
              <tr key={at}>
                <td colSpan={4} className="bg-sunken px-3 py-0.5 text-center font-sans text-ink-faint">
                  {text.linesSame(row.count)}
                </td>
              </tr>
            ) : (
              <tr key={at} data-diff={row.kind}>
                <Half
                  side={row.kind === "same" ? { number: row.left, line: row.line } : row.left}
                  tone={row.kind === "same" ? undefined : "old"}
                />
                <Half
                  side={row.kind === "same" ? { number: row.right, line: row.line } : row.right}
                  tone={row.kind === "same" ? undefined : "new"}
                />
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}

type HalfProps = {
  readonly side: { readonly number: number; readonly line: string } | undefined;
  readonly tone: "old" | "new" | undefined;
};
function Half({ side, tone }: HalfProps) {
  const looks = side === undefined ? "bg-sunken" : tone === "old" ? "bg-bad-soft" : tone === "new" ? "bg-good-soft" : "";
  return (
    <>
      <td className={classNames("border-l border-line px-2 text-right align-top text-ink-faint select-none first:border-l-0", looks)}>
        {side?.number}
      </td>
      <td className={classNames("px-2 align-top break-words whitespace-pre-wrap", looks)}>
        {side !== undefined && tone !== undefined && <span className="sr-only">{tone === "old" ? text.removed : text.added} </span>}
        {side?.line}
      </td>
    </>
  );
}

/** Lines round a change that stay in sight. */
const CONTEXT = 3;
type Shown = DiffRow | { readonly kind: "fold"; readonly count: number };
/** Long stretches without a change become a line that counts them. */
function folded(rows: readonly DiffRow[]): Shown[] {
  const near = rows.map((_, at) => rows.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind === "changed"));
  const shown: Shown[] = [];
  for (const [at, row] of rows.entries()) {
    const last = shown.at(-1);
    if (near[at] === true) shown.push(row);
    else if (last?.kind === "fold") shown[shown.length - 1] = { kind: "fold", count: last.count + 1 };
    else shown.push({ kind: "fold", count: 1 });
  }
  return shown;
}
