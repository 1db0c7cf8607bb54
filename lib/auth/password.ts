import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { AppError } from "@/lib/errors/app-error";
import { createLanes } from "./lanes";

/**
 * Cost of a hash: 2^15 blocks of 8, three times: 32 MiB and some 0.2 s. It is one of the settings
 * OWASP's password storage cheat sheet calls equally strong, and the one that needs little memory.
 */
const COST: Cost = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const MAX_MEMORY_BYTES = 128 * 1024 * 1024;

interface Cost {
  /** Base-2 logarithm of scrypt's N. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

interface PasswordHash {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Nobody's password: checking against it costs what checking a real one does. */
const NOBODY: PasswordHash = {
  cost: COST,
  salt: Buffer.alloc(SALT_BYTES),
  key: Buffer.alloc(KEY_BYTES),
};

// Hashes run in Node's thread pool, which also writes recordings: never give them all of it.
const lanes = createLanes({ running: 2, waiting: 50 }, () => {
  return new AppError(
    "unavailable",
    "Too many people are signing in right now. Try again in a few seconds.",
    {
      retryAfterSeconds: 5,
    },
  );
});

/** Hashes a password with a new salt; returns a PHC string, `$scrypt$ln=…,r=…,p=…$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST, KEY_BYTES);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${unpadded(salt)}$${unpadded(key)}`;
}

/**
 * Whether the password belongs to the hash. `null` stands for a user who does not exist: the answer
 * is no, after the same time, so that nobody learns which names exist.
 * @throws Error when the hash is none of ours.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const { cost, salt, key } = hash === null ? NOBODY : parse(hash);
  const derived = await derive(password, salt, cost, key.length);
  return timingSafeEqual(derived, key) && hash !== null;
}

function parse(hash: string): PasswordHash {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  const [, ln, r, p, salt, key] = match ?? [];
  if (salt === undefined || key === undefined)
    throw new Error("A stored password hash cannot be read.");
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, "base64"), key: Buffer.from(key, "base64") };
}

function derive(
  password: string,
  salt: Buffer,
  { ln, r, p }: Cost,
  keyBytes: number,
): Promise<Buffer> {
  // The same password typed on two systems may arrive composed differently (NIST SP 800-63B).
  const bytes = Buffer.from(password.normalize("NFKC"));
  const options = { N: 2 ** ln, r, p, maxmem: MAX_MEMORY_BYTES };
  return lanes(
    () =>
      new Promise((resolve, reject) => {
        scrypt(bytes, salt, keyBytes, options, (error, key) => {
          if (error === null) resolve(key);
          else reject(error);
        });
      }),
  );
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}
