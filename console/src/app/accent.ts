/** From 0, black, to 1, white: relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const wide = hex.length === 4 ? hex.slice(1).replace(/./g, "$&$&") : hex.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const share = Number.parseInt(wide.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Where black and white have the same contrast to a colour. */
const MIDDLE = Math.sqrt(1.05 * 0.05) - 0.05;

/** The operator's colour as this page's variables; of all that follow from it the text on it is the one that must be readable. */
export const accentColours = (accent: string | null): Readonly<Record<string, string | undefined>> => ({
  "--accent": accent ?? undefined,
  "--accent-ink": accent === null ? undefined : luminance(accent) > MIDDLE ? "#000000" : "#ffffff",
  "--accent-soft": accent === null ? undefined : `color-mix(in srgb, ${accent} 14%, var(--surface))`,
});
