import { Dice } from "./dice";

/** What each fault befalls. A round strikes each place once at most, so that faults overlap but never undo one another. */
const PLACES = {
  "kill-sender": "sender",
  "skew-browser": "sender",
  "kill-web": "web",
  "freeze-web": "web",
  "skew-web": "web",
  "kill-worker": "worker",
  "skew-worker": "worker",
  "kill-postgres": "postgres",
  "skew-postgres": "postgres",
  "kill-redis": "redis",
  cut: "network",
  stall: "network",
  throttle: "network",
  "lose-answers": "network",
  "fill-disk": "storage",
  "kill-s3": "storage",
  "cut-s3": "storage",
  "stall-s3": "storage",
  "lose-s3-answers": "storage",
} as const;

export type FaultKind = keyof typeof PLACES;
export const FAULT_KINDS = Object.keys(PLACES) as readonly FaultKind[];

/** Clocks that are set wrong, by so many hours. */
export type SkewKind = Extract<FaultKind, `skew-${string}`>;

/** One misfortune, from a moment of the round on, for a while. */
export type Fault = { readonly afterMs: number; readonly lastsMs: number } & (
  | { readonly kind: Exclude<FaultKind, "throttle" | SkewKind> }
  | { readonly kind: "throttle"; readonly bytesPerSecond: number }
  | { readonly kind: SkewKind; readonly hours: number }
);

/** How the product is set up. */
export interface Setting {
  readonly backend: "local" | "s3";
  readonly jobs: "postgresql" | "redis";
}

/** What a fault needs to be there. */
const NEEDS: Partial<Record<FaultKind, Partial<Setting> & { readonly sender?: "browser" }>> = {
  "skew-browser": { sender: "browser" },
  "kill-redis": { jobs: "redis" },
  "fill-disk": { backend: "local" },
  "kill-s3": { backend: "s3" },
  "cut-s3": { backend: "s3" },
  "stall-s3": { backend: "s3" },
  "lose-s3-answers": { backend: "s3" },
};

function fits(kind: FaultKind, { backend, jobs }: Setting, sender: SenderPlan): boolean {
  const needs = NEEDS[kind] ?? {};
  return (
    (needs.backend ?? backend) === backend &&
    (needs.jobs ?? jobs) === jobs &&
    (needs.sender ?? sender.kind) === sender.kind
  );
}

/** What a stream is made of: captures with pictures in them. */
const FOOTAGE = [
  ...["webm/vp9", "webm/vp8", "webm/alpha", "webm/withAudio", "webm/still"],
  ...["mp4/avc", "mp4/vp9", "mp4/withAudio"],
] as const;

export interface StreamPlan {
  readonly footage: (typeof FOOTAGE)[number];
  /** Repeated and filled up until it is this large; as it is where 0. */
  readonly atLeastBytes: number;
}

export type SenderPlan =
  | {
      readonly kind: "tus";
      /** They are recorded and sent at the same time. */
      readonly streams: readonly StreamPlan[];
      /** How long the stream grows. */
      readonly recordMs: number;
      /** A sender that was killed comes back with the rest after its recording was sealed without it. */
      readonly comesBack: boolean;
    }
  | { readonly kind: "browser"; readonly recordMs: number };

/** Everything that a round does, as its seed says it. */
export interface Plan {
  readonly seed: number;
  readonly setting: Setting;
  readonly sender: SenderPlan;
  readonly faults: readonly Fault[];
}

/** What a machine may lack. */
export type Need = FaultKind | SenderPlan["kind"] | Setting["backend"] | Setting["jobs"];

export interface PlanOptions {
  /** Every round has this fault. */
  readonly only?: FaultKind;
  /** What this machine cannot do. */
  readonly without?: ReadonlySet<Need>;
}

const MEBIBYTE = 1024 * 1024;
const BROWSER_SHARE = 0.2;
const LARGE_SHARE = 0.4;
const S3_SHARE = 0.4;
const REDIS_SHARE = 0.3;
const FAULT_COUNTS = [1, 1, 2, 2, 3, 4] as const;

/** Pure: the same seed and options give the same plan. */
export function planRound(seed: number, { only, without = new Set() }: PlanOptions = {}): Plan {
  const dice = new Dice(seed);
  const setting = planSetting(dice, only, without);
  const sender = planSender(dice, only, without);
  const kinds = chooseKinds(dice, { setting, sender }, { only, without });
  const faults = kinds.map((kind) => planFault(dice, kind, sender.recordMs));
  return { seed, setting, sender, faults };
}

function planSetting(dice: Dice, only: FaultKind | undefined, without: ReadonlySet<Need>): Setting {
  const needs = only === undefined ? {} : (NEEDS[only] ?? {});
  const isOnS3 = dice.chance(S3_SHARE) && !without.has("s3");
  const isOnRedis = dice.chance(REDIS_SHARE) && !without.has("redis");
  return {
    backend: needs.backend ?? (isOnS3 ? "s3" : "local"),
    jobs: needs.jobs ?? (isOnRedis ? "redis" : "postgresql"),
  };
}

function planSender(
  dice: Dice,
  only: FaultKind | undefined,
  without: ReadonlySet<Need>,
): SenderPlan {
  const isBrowser = dice.chance(BROWSER_SHARE) && !without.has("browser");
  if (isBrowser || (only !== undefined && NEEDS[only]?.sender === "browser"))
    return { kind: "browser", recordMs: dice.between(6_000, 9_000) };
  return {
    kind: "tus",
    streams: Array.from({ length: dice.between(1, 3) }, () => planStream(dice)),
    recordMs: dice.between(2_000, 5_000),
    comesBack: dice.chance(0.5),
  };
}

function planStream(dice: Dice): StreamPlan {
  const footage = dice.oneOf(FOOTAGE);
  // Large enough for S3 to get several parts of it.
  const isLarge = dice.chance(LARGE_SHARE) && footage.startsWith("webm/");
  return { footage, atLeastBytes: isLarge ? dice.between(1, 24) * MEBIBYTE : 0 };
}

function chooseKinds(
  dice: Dice,
  { setting, sender }: Pick<Plan, "setting" | "sender">,
  { only, without = new Set() }: Omit<PlanOptions, "only"> & { only: FaultKind | undefined },
): FaultKind[] {
  const count = dice.oneOf(FAULT_COUNTS);
  const chosen: FaultKind[] = only === undefined ? [] : [only];
  while (chosen.length < count) {
    const taken = new Set(chosen.map((kind) => PLACES[kind]));
    const possible = FAULT_KINDS.filter(
      (kind) => !taken.has(PLACES[kind]) && !without.has(kind) && fits(kind, setting, sender),
    );
    chosen.push(dice.oneOf(possible));
  }
  return chosen;
}

function planFault(dice: Dice, kind: FaultKind, recordMs: number): Fault {
  const afterMs = dice.between(0, recordMs);
  const lastsMs = dice.between(100, 3_000);
  switch (kind) {
    case "throttle":
      return { kind, afterMs, lastsMs, bytesPerSecond: dice.between(20_000, 200_000) };
    case "skew-web":
    case "skew-worker":
    case "skew-postgres":
    case "skew-browser":
      // A sign-in lasts 12 hours.
      return { kind, afterMs, lastsMs, hours: dice.oneOf([-9, -5, -1, 1, 5, 9]) };
    case "freeze-web":
      // Long enough for the claim of the frozen process to run out.
      return { kind, afterMs, lastsMs: dice.chance(0.5) ? lastsMs : dice.between(11_000, 13_000) };
    case "kill-sender":
      // One that dies before its first byte leaves nothing to judge.
      return { kind, afterMs: dice.between(Math.min(1_000, recordMs), recordMs), lastsMs };
    default:
      return { kind, afterMs, lastsMs };
  }
}

/** A plan in one line, for people. */
export function describePlan({ seed, setting, sender, faults }: Plan): string {
  const words = faults.map((fault) => `${fault.kind}@${fault.afterMs}+${fault.lastsMs}`);
  const who =
    sender.kind === "browser"
      ? "browser"
      : `tus×${sender.streams.length}${sender.comesBack ? " (comes back)" : ""}`;
  return `seed ${seed}: ${who}, ${setting.backend}, ${setting.jobs}: ${words.join(", ")}`;
}
