import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { Input } from "../../ui/field.tsx";

/** After so long without a key the list follows. */
const WAIT_MS = 250;

type SearchBoxProps = { readonly label: string; readonly value: string; onChange(value: string): void };

/** Looks for a part of a name while it is typed. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const [written, setWritten] = useState(value);
  useEffect(() => setWritten(value), [value]);
  useEffect(() => {
    if (written === value) return undefined;
    const timer = setTimeout(() => onChange(written), WAIT_MS);
    return () => clearTimeout(timer);
  }, [written, value, onChange]);
  return (
    <div className="relative w-full sm:w-72">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-faint" aria-hidden />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={written}
        maxLength={256}
        onChange={(event) => setWritten(event.target.value)}
        className="!pl-8"
      />
    </div>
  );
}
