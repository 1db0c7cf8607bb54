/** A place to seek to. */
export interface Cue {
  /** Timestamp in ticks of the Segment. */
  readonly ticks: number;
  /** File position of the Cluster that holds it. */
  readonly position: number;
}

/**
 * Most cues kept while recording: 4 hours of a keyframe each 5 s before any is dropped. In the file each
 * takes 21 bytes (a day in ticks of 1 ms is 4 of them, a position up to 1 TiB is 5), so that all fit
 * beside an ordinary stream's header of a few hundred bytes.
 */
export const MAX_CUES = 2_900;

/**
 * Cues at least `gapTicks` of the clock apart: the first of each slot of that length is kept. As slots
 * only ever double, thinning twice gives what thinning once would have: it does not matter when it is done.
 */
export interface CueList {
  readonly gapTicks: number;
  readonly cues: readonly Cue[];
}

/** Adds a cue, unless its slot is taken or it goes back in time; thins the list when it is full. */
export function addCue(list: { gapTicks: number; cues: Cue[] }, cue: Cue): void {
  const last = list.cues.at(-1);
  if (last !== undefined && slot(cue, list.gapTicks) <= slot(last, list.gapTicks)) return;
  list.cues.push(cue);
  while (list.cues.length > MAX_CUES) {
    const thinner = thin(list);
    list.gapTicks = thinner.gapTicks;
    list.cues = [...thinner.cues];
  }
}

/** The same list with slots twice as long. The first cue stays, whatever happens. */
export function thin(list: CueList): CueList {
  const gapTicks = list.gapTicks * 2;
  const cues: Cue[] = [];
  for (const cue of list.cues) {
    const last = cues.at(-1);
    if (last === undefined || slot(cue, gapTicks) > slot(last, gapTicks)) cues.push(cue);
  }
  return { gapTicks, cues };
}

function slot(cue: Cue, gapTicks: number): number {
  return Math.floor(cue.ticks / gapTicks);
}
