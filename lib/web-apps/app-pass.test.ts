import { expect, test } from "vitest";
import { passCookie, readPass } from "./app-pass";

const CONFIG = {
  authSecret: "a secret of at least 32 characters, for tests",
  appsDomain: "apps.example.org",
  publicUrl: "https://sortie.example.org",
};
const PASS = {
  sessionId: "0c1b6f3e-8a2d-4a51-9f0e-3f1f6f0a7b11",
  userId: "5d0f5a52-4f6b-44f6-9a39-0a8e5f0f8b22",
  sessionVersion: 3,
};
const value = (config = CONFIG) => /=(.+?);/.exec(passCookie(PASS, config))?.[1];

test("a pass holds for its session, in whichever process", () => {
  expect(readPass(value(), PASS.sessionId, CONFIG)).toEqual(PASS);
  expect(readPass(value(), PASS.userId, CONFIG)).toBeNull();
});

test("nobody makes a pass who does not know the secret", () => {
  const [body] = (value() ?? "").split(".");
  for (const forged of [undefined, "", ".", `${body ?? ""}.`, `${body ?? ""}.AAAA`, "e30.e30"]) {
    expect(readPass(forged, PASS.sessionId, CONFIG)).toBeNull();
  }
  const other = value({ ...CONFIG, authSecret: "another secret of at least 32 characters" });
  expect(readPass(other, PASS.sessionId, CONFIG)).toBeNull();
});

test("browsers give the cookie to the app's host alone and to no script", () => {
  expect(passCookie(PASS, CONFIG)).toMatch(
    /^__Host-sortie-app=\S+; Path=\/; HttpOnly; Secure; SameSite=None; Partitioned$/,
  );
  expect(passCookie(PASS, { ...CONFIG, publicUrl: "http://sortie.lan" })).toMatch(
    /^sortie-app=\S+; Path=\/; HttpOnly; SameSite=Lax$/,
  );
});
