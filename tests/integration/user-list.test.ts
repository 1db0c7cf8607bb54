import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { GET } from "@/app/api/admin/users/route";
import { provideServices } from "@/lib/composition/services";
import { userSchema } from "@/lib/users/user-schema";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, routeClient } from "../support/route-client";

let scene: RecordingScene;

beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  const made = [
    { username: "joana_b", displayName: "Joana Brown", role: "dev" },
    { username: "joanaxb", displayName: "Anaïs", role: "ops", disabledAt: new Date() },
    { username: "m.stone", displayName: "100% Anagram", role: "ops" },
  ] as const;
  for (const [minutes, user] of made.entries()) {
    const createdAt = new Date(Date.UTC(2040, 0, 1, 12, minutes));
    await scene.services.db.user.create({ data: { ...user, passwordHash: "-", createdAt } });
  }
});
afterAll(() => scene.close());

const ask = (query: string) =>
  routeClient(scene.services, scene.admin)("GET", GET, { query: `?${query}` });

async function named(response: Response): Promise<string[]> {
  expect(response.status).toBe(200);
  return z
    .array(userSchema)
    .parse(await response.json())
    .map(({ username }) => username);
}

test.each([
  ["q=ANA", ["m.stone", "joanaxb", "joana_b", "ana"]],
  ["q=brown", ["joana_b"]],
  ["q=a_b", ["joana_b"]],
  ["q=%25", ["m.stone"]],
  ["q=nobody", []],
  ["role=ops", ["m.stone", "joanaxb"]],
  ["disabled=true", ["joanaxb"]],
  ["q=ana&role=ops&disabled=false", ["m.stone"]],
])(
  "an administrator who asks for the users of “%s” finds them, the newest first",
  async (query, names) => {
    expect(await named(await ask(query))).toEqual(names);
  },
);

test("the pages of what was asked for hold each user once, and the link keeps the question", async () => {
  const first = await ask("q=ana&limit=3");
  const next = /<\/\?([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
  expect(await named(first)).toEqual(["m.stone", "joanaxb", "joana_b"]);
  expect(await named(await ask(next))).toEqual(["ana"]);
});

test.each(["role=king", "disabled=maybe", "q=%00", `q=${"a".repeat(65)}`])(
  "a question that makes no sense is refused: %s",
  async (query) => {
    expect(await problem(await ask(query))).toBe("400 bad_request");
  },
);
