import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitsOf, retentionOf, type RetentionPolicy } from "./retention-policy";

const none: RetentionPolicy = {
  defaultDays: 0,
  organisationDays: null,
  productionDays: null,
  nonProductionDays: null,
  apps: [],
};
const desktop = { id: "desktop", environment: "production", days: null } as const;
const rules = fc.option(fc.integer({ min: 0, max: 36_500 }));

describe("How long a recording is kept", () => {
  it("is what the environment variable says where no administrator said anything", () => {
    expect(retentionOf({ ...none, defaultDays: 30 }, desktop)).toEqual({
      days: 30,
      rule: "default",
    });
  });

  it("is the narrowest rule: the app's, then its environment's", () => {
    const policy = { ...none, defaultDays: 30, productionDays: 90, nonProductionDays: 7 };
    expect(retentionOf(policy, desktop)).toEqual({ days: 90, rule: "environment" });
    const lab = { ...desktop, environment: "non_production" } as const;
    expect(retentionOf(policy, lab)).toEqual({ days: 7, rule: "environment" });
    expect(retentionOf(policy, { ...lab, days: 3 })).toEqual({ days: 3, rule: "app" });
  });

  it("is for ever where the rule that wins says 0, whatever the broader ones say", () => {
    const policy = { ...none, defaultDays: 30, apps: [{ ...desktop, days: 0 }] };
    expect(limitsOf(policy)).toEqual([]);
  });

  it("is the organisation's rule, whatever anything narrower says", () => {
    fc.assert(
      fc.property(rules, rules, rules, fc.nat(36_500), (days, production, other, whole) => {
        const policy = {
          ...none,
          organisationDays: whole,
          productionDays: production,
          nonProductionDays: other,
        };
        const retention = retentionOf(policy, { ...desktop, days });
        expect(retention).toEqual({ days: whole, rule: "organisation" });
      }),
    );
  });
});
