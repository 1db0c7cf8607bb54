"use client";

import { useState } from "react";
import type { RetentionPolicyJson, RetentionViewJson } from "@/lib/retention/retention-schema";
import { problemSentence } from "../../api-client";
import { ConfirmDialog } from "../../ui/dialog";
import { Select, type SelectOption } from "../../ui/select";
import { useToasts } from "../../ui/toast";
import { useLasting } from "../../ui/use-lasting";
import { NumberSetting } from "../number-setting";
import type { LastChange } from "../setting-hint";
import { RetentionRuns } from "./retention-runs";
import { effectOn, forDays, parseDays } from "./retention-words";
import { usePolicyChange } from "./use-policy-change";

type App = RetentionPolicyJson["apps"][number];
const ENVIRONMENTS: readonly SelectOption<App["environment"]>[] = [
  { value: "production", label: "production" },
  { value: "non_production", label: "non-production" },
];

/** The rules that belong to no app. The hint is told what holds where there is no rule. */
const RULES = [
  {
    key: "organisation_days",
    before: "Keep every recording for",
    hint: () =>
      "Wins over everything below. 0 keeps for ever; leave it empty to let the narrower rules decide.",
  },
  {
    key: "production_days",
    before: "Keep recordings of production apps for",
    hint: (usual: string) => `Empty: ${usual}, as this installation is configured.`,
  },
  {
    key: "non_production_days",
    before: "Keep recordings of other apps for",
    hint: (usual: string) => `Empty: ${usual}, as this installation is configured.`,
  },
] as const;

/** How long recordings are kept, and the sweeps that see to it. */
export function RetentionSection({ initial }: { readonly initial: RetentionViewJson }) {
  const [policy, setPolicy] = useState(initial.policy);
  const { change, asked, confirm, cancel } = usePolicyChange((view) => setPolicy(view.policy));
  const question = useLasting(asked?.question ?? null);
  return (
    <section aria-labelledby="retention" className="mt-8 flex flex-col gap-6">
      <h2 id="retention" className="text-base font-semibold">
        How long recordings are kept
      </h2>
      {RULES.map(({ key, before, hint }) => (
        <NumberSetting
          key={key}
          before={before}
          after="days."
          placeholder="no rule"
          hint={hint(forDays(policy.default_days))}
          lastChange={policy.last_changes[key] ?? null}
          value={policy[key]}
          parse={parseDays}
          onSave={(days) => change({ [key]: days })}
        />
      ))}
      {policy.apps.map((app) => (
        <AppRule key={app.id} app={app} changes={policy.last_changes} change={change} />
      ))}
      <RetentionRuns initial={initial.runs} />
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => {
          if (!open) cancel();
        }}
        title={question?.title ?? ""}
        description={question?.description}
        confirmLabel={question?.confirmLabel ?? ""}
        onConfirm={confirm}
      />
    </section>
  );
}

interface AppRuleProps {
  readonly app: App;
  readonly changes: RetentionPolicyJson["last_changes"];
  readonly change: ReturnType<typeof usePolicyChange>["change"];
}

function AppRule({ app, changes, change }: AppRuleProps) {
  const toasts = useToasts();
  const move = (environment: App["environment"]) => {
    change({ apps: [{ id: app.id, environment }] }).catch((error: unknown) => {
      toasts.fail(problemSentence(error));
    });
  };
  return (
    <div className="flex flex-col gap-1">
      <p className="leading-10 font-medium">
        {app.name} is a{" "}
        <Select
          label={`Environment of ${app.name}`}
          options={ENVIRONMENTS}
          value={app.environment}
          onChange={move}
        />{" "}
        app.
      </p>
      <NumberSetting
        before={`Keep recordings of ${app.name} for`}
        after="days."
        placeholder="no rule"
        hint={`${effectOn(app)} Empty: as its environment says.`}
        lastChange={newerOf(changes[`${app.id}.days`], changes[`${app.id}.environment`])}
        value={app.days}
        parse={parseDays}
        onSave={(days) => change({ apps: [{ id: app.id, days }] })}
      />
    </div>
  );
}

function newerOf(...changes: readonly (LastChange | undefined)[]): LastChange {
  return changes.reduce<LastChange>(
    (newest, next) => (next && (newest === null || next.at > newest.at) ? next : newest),
    null,
  );
}
