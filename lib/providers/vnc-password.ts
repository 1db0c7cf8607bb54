import { createCipheriv, randomBytes } from "node:crypto";

/** VNC authentication looks at no more than this many characters (RFC 6143, 7.2.2). */
const PASSWORD_LENGTH = 8;

/** The key that every VNC server obscures its password file with; it hides nothing, file modes do. */
const FILE_KEY = Uint8Array.of(23, 82, 107, 6, 35, 78, 88, 7);

/** A new password as strong as VNC allows: 48 random bits. */
export function newVncPassword(): string {
  return randomBytes(PASSWORD_LENGTH).toString("base64url").slice(0, PASSWORD_LENGTH);
}

/** The content of a VNC server's password file: the password, obscured. */
export function vncPasswordFile(password: string): Uint8Array {
  const padded = Buffer.alloc(PASSWORD_LENGTH);
  padded.write(password, "latin1");
  return vncEncrypt(padded, FILE_KEY);
}

/**
 * DES as VNC uses it: the bits of each key byte in reverse order. Also answers the server's
 * challenge, with the padded password as the key.
 * @param key 8 bytes
 */
export function vncEncrypt(plain: Uint8Array, key: Uint8Array): Uint8Array {
  const desKey = Buffer.from(key.map(reverseBits));
  // OpenSSL 3 has retired DES alone; triple DES with one key three times is the same function.
  const cipher = createCipheriv("des-ede3", Buffer.concat([desKey, desKey, desKey]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit += 1) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
