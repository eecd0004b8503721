import { markRange, type Piece } from "./passage-text.ts";

type PassageTextProps = { readonly piece: Piece; readonly range: { readonly start: number; readonly end: number } | undefined };

/** A piece of a document as its text stands in it, with what is meant marked. Text only: whatever it holds is shown, nothing is run or loaded. */
export const PassageText = ({ piece, range }: PassageTextProps) => (
  <span className="whitespace-pre-wrap">
    {markRange(piece, range).map(({ text, marked }, at) =>
      marked ? (
        <mark key={at} className="rounded-xs">
          {text}
        </mark>
      ) : (
        <span key={at}>{text}</span>
      ),
    )}
  </span>
);
