import { expect, test } from "vitest";
import { hashPassword, verifyPassword } from "./password";

test("a password is recognised, and any other is not", async () => {
  const hash = await hashPassword("correct horse battery");
  expect(await verifyPassword("correct horse battery", hash)).toBe(true);
  expect(await verifyPassword("correct horse batterz", hash)).toBe(false);
  expect(await verifyPassword("", hash)).toBe(false);
});

test("the hash says how it was made, and two hashes of one password differ", async () => {
  const [first, second] = await Promise.all([hashPassword("same"), hashPassword("same")]);
  expect(first).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(first).not.toBe(second);
});

test("a hash made at another cost is still recognised", async () => {
  // scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1, 64), from RFC 7914, section 12.
  const key = Buffer.from(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2" +
      "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
    "hex",
  );
  const unpadded = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  const hash = `$scrypt$ln=14,r=8,p=1$${unpadded(Buffer.from("SodiumChloride"))}$${unpadded(key)}`;
  expect(await verifyPassword("pleaseletmein", hash)).toBe(true);
  expect(await verifyPassword("pleaseletmeout", hash)).toBe(false);
});

test("a letter with an accent is the same password however the keyboard composed it", async () => {
  const hash = await hashPassword("caf\u00e9 at noon");
  expect(await verifyPassword("cafe\u0301 at noon", hash)).toBe(true);
});

test("nobody has a password", async () => {
  expect(await verifyPassword("anything", null)).toBe(false);
});

test("a damaged hash is an error, not a wrong password", async () => {
  await expect(verifyPassword("anything", "$scrypt$ln=15")).rejects.toThrow("cannot be read");
});
