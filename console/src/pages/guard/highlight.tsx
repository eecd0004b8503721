import { Fragment, type ReactNode } from "react";
import type { Finding } from "./types.ts";

/** Kinds of types, each of its own colour: who, how to reach them, numbers that are theirs, secrets. */
const CONTACT: ReadonlySet<string> = new Set(["EMAIL", "PHONE", "IP_ADDRESS", "MAC_ADDRESS", "URL", "DEVICE", "VEHICLE"]);
const WHO: ReadonlySet<string> = new Set(["PERSON", "LOCATION", "ORGANISATION", "ADDRESS", "DATE_OF_BIRTH", "AGE"]);

const LOOKS = {
  who: "bg-accent-soft shadow-[inset_0_-2px_0] shadow-accent",
  contact: "bg-good-soft shadow-[inset_0_-2px_0] shadow-good",
  number: "bg-warn-soft shadow-[inset_0_-2px_0] shadow-warn",
  secret: "bg-bad-soft shadow-[inset_0_-2px_0] shadow-bad",
} as const;

export function lookOf(type: string): string {
  if (type === "SECRET") return LOOKS.secret;
  if (CONTACT.has(type)) return LOOKS.contact;
  return WHO.has(type) ? LOOKS.who : LOOKS.number;
}

/** What counts for nobody is underlined and no more. */
export const NOBODYS = "bg-transparent shadow-[inset_0_-1px_0] shadow-line-strong";

/** The text with each finding marked at its characters. `findings` ascend and do not overlap; those that reach past the text are left out. */
export function Highlighted({
  text,
  findings,
  quiet = false,
}: {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly quiet?: boolean;
}) {
  const pieces: ReactNode[] = [];
  let from = 0;
  for (const { type, start, end, counts } of findings) {
    if (start < from || end > text.length) continue;
    if (start > from) pieces.push(<Fragment key={from}>{text.slice(from, start)}</Fragment>);
    pieces.push(
      <mark
        key={`mark ${String(start)}`}
        data-type={type}
        data-start={start}
        data-end={end}
        title={quiet ? undefined : type}
        className={`rounded-xs ${quiet ? "text-transparent" : "text-ink"} ${counts ? lookOf(type) : NOBODYS}`}
      >
        {text.slice(start, end)}
      </mark>,
    );
    from = end;
  }
  pieces.push(<Fragment key="rest">{text.slice(from)}</Fragment>);
  return pieces;
}

const PSEUDONYM = /(\[[A-Z][A-Z_]*_[0-9a-f]{8,64}(?:_\d+)?\])/;
/** A masked text with its pseudonyms marked. */
export const Masked = ({ text }: { readonly text: string }) =>
  text.split(PSEUDONYM).map((piece, at) =>
    at % 2 === 0 ? (
      <Fragment key={at}>{piece}</Fragment>
    ) : (
      <mark key={at} className={`rounded-xs font-mono text-xs text-ink ${lookOf(/^\[([A-Z_]+)_[0-9a-f]/.exec(piece)?.[1] ?? "")}`}>
        {piece}
      </mark>
    ),
  );
