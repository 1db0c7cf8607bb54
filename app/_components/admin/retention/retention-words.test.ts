import { describe, expect, it } from "vitest";
import type { RetentionRunJson } from "@/lib/retention/retention-schema";
import { forDays, outcomeOf, parseDays, whatGoes } from "./retention-words";

const run: RetentionRunJson = {
  id: "1",
  trigger: "schedule",
  requested_by: null,
  expected_count: 9,
  state: "done",
  ...{ deleted_count: 9, deleted_bytes: 5 * 1024 * 1024, failed_count: 1, problem: null },
  ...{ created_at: "", started_at: null, ended_at: null },
};

describe("What is said of retention", () => {
  it("takes a number of days, or nothing, and says what else is wrong", () => {
    expect(parseDays("30")).toEqual({ value: 30 });
    expect(parseDays("")).toEqual({ value: null });
    for (const text of ["-1", "1.5", "soon", "99999"]) {
      expect(parseDays(text)).toHaveProperty("problem");
    }
    expect([forDays(0), forDays(1), forDays(30)]).toEqual(["for ever", "for 1 day", "for 30 days"]);
  });

  it("names what goes, what goes only now, how old it is and what stays", () => {
    const preview = {
      ...{ count: 12, bytes: 5 * 1024 * 1024, newly_count: 2, oldest_completed_at: null },
      ...{ held_count: 1, held_bytes: 5 * 1024 * 1024 },
    };
    const words = whatGoes(preview, "3 March 2026");
    expect(words).toContain("deletes 12 recordings of 5.0 MB in all, 2 of which are kept");
    expect(words).toContain("the oldest became ready on 3 March 2026");
    expect(words).toContain("1 recording of 5.0 MB is as old and stays: under legal hold");
  });

  it("tells how far a sweep is and what came of it", () => {
    expect(outcomeOf(run)).toBe("9 recordings deleted, 5.0 MB; 1 could not be");
    expect(outcomeOf({ ...run, state: "running", failed_count: 0 })).toBe("9 of 9 deleted");
    expect(outcomeOf({ ...run, state: "failed", problem: "S3 is away." })).toContain("S3 is away.");
  });
});
