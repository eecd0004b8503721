import { guardText as text } from "#text/guard.ts";
import { Select, SelectField, Textarea } from "../../ui/field.tsx";
import { CHOICES, isList, isTable, PII_MODES, PLACES, sayValue } from "./settings.ts";
import type { SettingName, SettingValue } from "./types.ts";

type EditorProps = {
  readonly name: SettingName;
  /** What it is now, or would be. null: as for everybody. */
  readonly value: SettingValue | null;
  readonly inherited: SettingValue;
  onChange(value: SettingValue | null): void;
};

/** One rule's mode, to be chosen; the first choice gives it back to what everybody has. */
export function SettingEditor({ name, value, inherited, onChange }: EditorProps) {
  if (name === "fields") return <PlacesEditor value={isTable(value) ? value : {}} onChange={onChange} />;
  if (name === "linkHosts") return <HostsEditor value={isList(value) ? value : []} isOwn={value !== null} onChange={onChange} />;
  return (
    <Select
      aria-label={text.modes.names[name][0]}
      className="w-64 max-w-full"
      value={value === null ? "" : sayValue(value)}
      onChange={(event) => onChange(toValue(name, event.target.value))}
    >
      <option value="">{text.modes.inherited(sayValue(inherited))}</option>
      {CHOICES[name].map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </Select>
  );
}

const toValue = (name: SettingName, chosen: string): SettingValue | null =>
  chosen === "" ? null : name === "canary" ? chosen === text.modes.on : chosen;

/** Each place of a call may have a mode of its own; none: as for the whole call. */
function PlacesEditor({
  value,
  onChange,
}: {
  readonly value: Readonly<Record<string, string>>;
  onChange(value: SettingValue | null): void;
}) {
  const set = (place: string, mode: string): void => {
    const next = Object.fromEntries(Object.entries({ ...value, [place]: mode }).filter(([, each]) => each !== ""));
    onChange(Object.keys(next).length === 0 ? null : next);
  };
  return (
    <div className="grid max-w-xl grid-cols-2 gap-2 sm:grid-cols-3">
      {PLACES.map((place) => (
        <SelectField
          key={place}
          label={text.modes.places[place]}
          value={value[place] ?? ""}
          onChange={(event) => set(place, event.target.value)}
        >
          <option value="">{text.modes.asAll}</option>
          {PII_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {mode}
            </option>
          ))}
        </SelectField>
      ))}
    </div>
  );
}

type HostsProps = { readonly value: readonly string[]; readonly isOwn: boolean; onChange(value: SettingValue | null): void };
function HostsEditor({ value, isOwn, onChange }: HostsProps) {
  return (
    <div className="grid max-w-xl gap-1">
      <Textarea
        aria-label={text.modes.names.linkHosts[0]}
        rows={2}
        spellCheck={false}
        className="font-mono text-xs"
        value={value.join("\n")}
        onChange={(event) => {
          const lines = event.target.value.split("\n");
          onChange(lines.every((line) => line === "") ? null : lines);
        }}
      />
      <span className="text-xs text-ink-faint">{isOwn ? text.modes.hostsHint : `${text.modes.noHosts}. ${text.modes.hostsHint}`}</span>
    </div>
  );
}
