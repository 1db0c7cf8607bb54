/**
 * A moment in a recording as people write it in an address: `62`, `62.5`, `1:02`, `1:02:03` or `1h2m3s`.
 * Returns seconds, or null where the text is none of these.
 */
export function parsePlayTime(text: string): number | null {
  return parseClock(text.trim()) ?? parseUnits(text.trim());
}

const CLOCK = /^(?:(?:(\d+):)?(\d{1,3}):)?(\d+(?:\.\d+)?)$/;

function parseClock(text: string): number | null {
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

const UNITS = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/;

function parseUnits(text: string): number | null {
  const match = UNITS.exec(text);
  if (match === null || text === "") return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The address of a recording at a moment; `page` is the player's address with or without a query. */
export function linkToMoment(page: string, seconds: number): string {
  const url = new URL(page);
  url.search = "";
  url.hash = "";
  const at = Math.floor(seconds);
  if (at > 0) url.searchParams.set("t", String(at));
  return url.href;
}
