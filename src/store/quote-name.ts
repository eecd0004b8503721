/** A table's or column's name as it stands in a statement, whatever is in it. Values are parameters, never this. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
