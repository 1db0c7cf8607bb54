import { describe, expect, it } from "vitest";
import type { RetentionPreviewJson, RetentionRunJson } from "@/lib/retention/retention-schema";
import { forDays, outcomeOf, parseDays, questionAbout } from "./retention-words";

const run: RetentionRunJson = {
  id: "1",
  trigger: "schedule",
  requested_by: null,
  expected_count: 9,
  state: "done",
  ...{ deleted_count: 9, deleted_bytes: 5 * 1024 * 1024, failed_count: 1, problem: null },
  ...{ created_at: "", started_at: null, ended_at: null },
};

const NOTHING: RetentionPreviewJson = {
  ...{ count: 0, bytes: 0, oldest_completed_at: null, newly_count: 0 },
  ...{ held_count: 0, held_bytes: 0, newly_held_count: 0, newly_held_bytes: 0 },
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
      ...{ ...NOTHING, count: 12, bytes: 5 * 1024 * 1024, newly_count: 2 },
      ...{ oldest_completed_at: "2026-03-03T08:00:00Z", newly_held_count: 1 },
      ...{ held_count: 1, held_bytes: 5 * 1024 * 1024 },
    };
    const question = questionAbout(preview);
    expect(question?.title).toBe("Delete 2 more recordings?");
    const words = question?.description;
    expect(words).toContain("deletes 12 recordings of 5.0 MB in all, 2 of which are kept");
    expect(words).toContain("the oldest became ready on 2026-03-03");
    expect(words).toContain("1 recording of 5.0 MB is as old and stays: under legal hold");
  });

  it("names what a hold keeps for the time being, where a change reaches nothing else", () => {
    const preview = { ...NOTHING, count: 4, held_count: 5, newly_held_count: 1 };
    const question = questionAbout({ ...preview, newly_held_bytes: 5 * 1024 * 1024 });
    expect(question).toMatchObject({
      title: "Delete 1 more recording once nothing holds it?",
      confirmLabel: "Save",
    });
    expect(question?.description).toContain("Nothing more is deleted now. It stays, 5.0 MB in all");
    const several = questionAbout({ ...preview, newly_held_count: 2 });
    expect(several?.title).toBe("Delete 2 more recordings once nothing holds them?");
    expect(questionAbout({ ...preview, newly_held_count: 0 })).toBeNull();
  });

  it("tells how far a sweep is and what came of it", () => {
    expect(outcomeOf(run)).toBe("9 recordings deleted, 5.0 MB; 1 could not be");
    expect(outcomeOf({ ...run, state: "running", failed_count: 0 })).toBe("9 of 9 deleted");
    expect(outcomeOf({ ...run, state: "failed", problem: "S3 is away." })).toContain("S3 is away.");
  });
});
