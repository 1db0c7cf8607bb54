/** No 0/o, 1/l/i: a password is sometimes read out or typed from paper. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP_LENGTH = 5;

/** A random password of 20 characters (about 99 bits), in groups that can be read out. Browser only. */
export function newPassword(): string {
  return Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, randomLetter).join(""),
  ).join("-");
}

/** Every letter is as likely as any other: bytes that would favour the first ones are thrown away. */
function randomLetter(): string {
  const fairBelow = 256 - (256 % LETTERS.length);
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while ((byte[0] ?? fairBelow) >= fairBelow);
  return LETTERS.charAt((byte[0] ?? 0) % LETTERS.length);
}
