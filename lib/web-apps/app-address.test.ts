import { expect, test } from "vitest";
import { appOrigin, sessionIdOfHost } from "./app-address";

const ID = "0c1b6f3e-8a2d-4a51-9f0e-3f1f6f0a7b11";
const CONFIG = { appsDomain: "apps.example.org", publicUrl: "https://sortie.example.org" };
const LOCAL = { appsDomain: "localhost", publicUrl: undefined };

test("a session's app is found at a host of its own, at the product's scheme and port", () => {
  expect(appOrigin(ID, "https://sortie.example.org", CONFIG)).toBe(
    `https://${ID}.apps.example.org`,
  );
  expect(appOrigin(ID, "http://127.0.0.1:3000", LOCAL)).toBe(`http://${ID}.localhost:3000`);
});

test("where no such host leads here, the person is told", () => {
  expect(() => appOrigin(ID, "http://sortie.lan:3000", LOCAL)).toThrow("SORTIE_APPS_DOMAIN");
});

test("only hosts right below the domain are apps'", () => {
  expect(sessionIdOfHost(`${ID.toUpperCase()}.apps.example.org:8443`, CONFIG)).toBe(ID);
  for (const host of [
    undefined,
    "apps.example.org",
    "sortie.example.org",
    `${ID}.example.org`,
    `x.${ID}.apps.example.org`,
    `${ID}.x.apps.example.org`,
    `${ID}.apps.example.org.evil.example`,
  ]) {
    expect(sessionIdOfHost(host, CONFIG)).toBeNull();
  }
});
