import {
  adviceOn,
  describeFinding,
  type Finding,
  FINDING_KINDS,
  type FindingKind,
  REMEDY,
} from "@/lib/recordings/reconcile-finding";
import type { ReconcileSummary } from "@/lib/recordings/reconcile-storage";

/** Says what was found, as it is found. */
export interface Report {
  readonly finding: (finding: Finding, isRepaired: boolean) => void;
  readonly summary: (summary: ReconcileSummary) => void;
}

type Print = (line: string) => void;

/** Nobody reads more lines of one kind; `--json` has them all. */
const SHOWN_OF_A_KIND = 50;
const LABEL_WIDTH = Math.max(...FINDING_KINDS.map((kind) => kind.length)) + 2;

/** A table of findings and a summary that says what to do about each kind. */
export function textReport(print: Print, apply: boolean): Report {
  const shown = new Map<FindingKind, number>();
  return {
    finding: (finding, isRepaired) => {
      const count = (shown.get(finding.kind) ?? 0) + 1;
      shown.set(finding.kind, count);
      if (count > SHOWN_OF_A_KIND) return;
      const done = isRepaired ? " Done." : "";
      print(`${label(finding.kind).padEnd(LABEL_WIDTH)}${describeFinding(finding)}${done}`);
    },
    summary: (summary) => {
      if (shown.size > 0) print("");
      print(
        `Looked at ${summary.recordings} recordings and ${summary.items} things in the storage.`,
      );
      for (const kind of FINDING_KINDS) {
        if (summary.found[kind] > 0)
          print(`${summary.found[kind]} × ${label(kind)}: ${adviceOn(kind)}`);
      }
      print(conclusion(summary, apply));
    },
  };
}

/** One JSON object a line: a finding each, and the summary last. */
export function jsonReport(print: Print): Report {
  return {
    finding: (finding, isRepaired) => {
      const remedy = REMEDY[finding.kind];
      const message = describeFinding(finding);
      print(JSON.stringify({ finding, remedy, repaired: isRepaired, message }));
    },
    summary: (summary) => print(JSON.stringify({ summary })),
  };
}

function label(kind: FindingKind): string {
  return kind.replace("_", " ");
}

function conclusion({ found, repaired, forPerson }: ReconcileSummary, apply: boolean): string {
  const repairable = FINDING_KINDS.filter((kind) => REMEDY[kind] === "apply").reduce(
    (sum, kind) => sum + found[kind],
    0,
  );
  const left = repairable - repaired;
  return [
    forPerson === 0 ? "Nothing is wrong." : `${forPerson} of them need a person.`,
    repaired === 0 ? "" : `${repaired} are repaired.`,
    left === 0 ? "" : apply ? `${left} are in use now: try again.` : `--apply repairs ${left}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}
