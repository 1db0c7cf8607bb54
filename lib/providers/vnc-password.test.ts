import { expect, test } from "vitest";
import { newVncPassword, vncPasswordFile } from "./vnc-password";

test("a password file is what TigerVNC's own tool writes for the same password", () => {
  expect(Buffer.from(vncPasswordFile("password")).toString("hex")).toBe("dbd83cfd727a1458");
});

test("what VNC does not look at is no part of a password", () => {
  expect(vncPasswordFile("password, and more")).toEqual(vncPasswordFile("password"));
});

test("passwords are eight characters, each another", () => {
  const passwords = Array.from({ length: 100 }, newVncPassword);
  expect(new Set(passwords).size).toBe(100);
  for (const password of passwords) expect(password).toMatch(/^[\w-]{8}$/);
});
