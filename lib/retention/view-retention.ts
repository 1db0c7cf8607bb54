import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { findPolicy } from "./policy-repository";
import { policyToJson, runToJson } from "./retention-json";
import { findRuleChanges } from "./rule-changes";
import { findRuns } from "./retention-run";
import type { RetentionViewJson } from "./retention-schema";

const SHOWN_RUNS = 10;

/** The policy as it is, and the last runs of the sweep, as the API tells them. */
export async function viewRetention({
  db,
  config,
}: {
  readonly db: DatabaseOrTransaction;
  readonly config: Pick<Config, "recording">;
}): Promise<RetentionViewJson> {
  const policy = await findPolicy(db, config.recording.retentionDays);
  const runs = await findRuns(db, { after: undefined, limit: SHOWN_RUNS });
  return { policy: policyToJson(policy, await findRuleChanges(db)), runs: runs.map(runToJson) };
}
