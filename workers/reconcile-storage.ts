import type { Services } from "@/lib/composition/services";
import { describeFinding, REMEDY } from "@/lib/recordings/reconcile-finding";
import { reconcileStorage, type ReconcileSummary } from "@/lib/recordings/reconcile-storage";

/** The log is to be read by people: `npm run reconcile` tells them the rest. */
const LOGGED_FINDINGS = 50;

/**
 * Looks whether database and storage agree, and logs what a person has to see to. Repairs nothing.
 * @returns null when another worker is at it
 */
export async function reportOnStorage(services: Services): Promise<ReconcileSummary | null> {
  const { log } = services;
  let logged = 0;
  const summary = await reconcileStorage(services, {
    apply: false,
    signal: services.stopping,
    onFinding: (finding) => {
      if (REMEDY[finding.kind] !== "person" || logged >= LOGGED_FINDINGS) return;
      logged += 1;
      log.warn({ finding: finding.kind }, describeFinding(finding));
    },
  });
  if (summary !== null && summary.forPerson > 0) {
    const { found, forPerson } = summary;
    log.error(
      { found },
      `The storage and the database disagree in ${forPerson} places. \`npm run reconcile\` lists them and says what to do.`,
    );
  }
  return summary;
}
