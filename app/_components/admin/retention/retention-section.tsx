"use client";

import { useState } from "react";
import type { RetentionPolicyJson, RetentionViewJson } from "@/lib/retention/retention-schema";
import { ConfirmDialog } from "../../ui/dialog";
import { countOf } from "../../ui/format";
import { Select, type SelectOption } from "../../ui/select";
import { useToasts } from "../../ui/toast";
import { DaysField } from "./days-field";
import { RetentionRuns } from "./retention-runs";
import { effectOn, forDays, whatGoes } from "./retention-words";
import { usePolicyChange } from "./use-policy-change";

type App = RetentionPolicyJson["apps"][number];
const ENVIRONMENTS: readonly SelectOption<App["environment"]>[] = [
  { value: "production", label: "Production" },
  { value: "non_production", label: "Not production" },
];

/** How long recordings are kept, and the sweeps that see to it. */
export function RetentionSection({ initial }: { readonly initial: RetentionViewJson }) {
  const [policy, setPolicy] = useState(initial.policy);
  const { change, asked, confirm, cancel } = usePolicyChange((view) => setPolicy(view.policy));
  const oldest = asked?.preview.oldest_completed_at ?? null;
  return (
    <section aria-labelledby="retention" className="mt-8 flex flex-col gap-6">
      <h2 id="retention" className="text-base font-semibold">
        How long recordings are kept
      </h2>
      <DaysField
        label="Keep every recording this many days"
        hint="Wins over everything below. 0 keeps for ever; leave it empty to let the narrower rules decide."
        days={policy.organisation_days}
        onChange={(days) => change({ organisation_days: days })}
      />
      <DaysField
        label="Keep recordings of production apps this many days"
        hint={`Empty: ${forDays(policy.default_days)}, as SORTIE_RECORDING_RETENTION_DAYS says.`}
        days={policy.production_days}
        onChange={(days) => change({ production_days: days })}
      />
      <DaysField
        label="Keep recordings of other apps this many days"
        hint={`Empty: ${forDays(policy.default_days)}, as SORTIE_RECORDING_RETENTION_DAYS says.`}
        days={policy.non_production_days}
        onChange={(days) => change({ non_production_days: days })}
      />
      {policy.apps.map((app) => (
        <AppRule key={app.id} app={app} change={change} />
      ))}
      <RetentionRuns initial={initial.runs} />
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => {
          if (!open) cancel();
        }}
        title={`Delete ${countOf(asked?.preview.newly_count ?? 0, "more recording")}?`}
        description={
          asked !== null && whatGoes(asked.preview, oldest === null ? null : oldest.slice(0, 10))
        }
        confirmLabel="Save and delete"
        onConfirm={confirm}
      />
    </section>
  );
}

interface AppRuleProps {
  readonly app: App;
  readonly change: ReturnType<typeof usePolicyChange>["change"];
}

function AppRule({ app, change }: AppRuleProps) {
  const toasts = useToasts();
  const move = (environment: App["environment"]) => {
    change({ apps: [{ id: app.id, environment }] }).catch((error: unknown) => {
      toasts.say(error instanceof Error ? error.message : "That did not work. Try again.");
    });
  };
  return (
    <div className="flex flex-wrap items-start gap-3">
      <div className="min-w-52 flex-1">
        <DaysField
          label={`Keep recordings of ${app.name} this many days`}
          hint={`${effectOn(app)} Empty: as its environment says.`}
          days={app.days}
          onChange={(days) => change({ apps: [{ id: app.id, days }] })}
        />
      </div>
      <div className="pt-6">
        <Select
          label={`Environment of ${app.name}`}
          options={ENVIRONMENTS}
          value={app.environment}
          onChange={move}
        />
      </div>
    </div>
  );
}
