import { randomBytes } from "node:crypto";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BASHRC,
  OPENBOX,
  OPENBOX_MENU,
  OPENBOX_THEME,
  TERMINAL,
  XRESOURCES,
} from "./desktop-appearance";
import { vncPasswordFile } from "../vnc-password";

export interface SessionAccount {
  /** Who runs the session; undefined: the server's own user. */
  readonly uid: number | undefined;
}

/** What a session's programs read at start, by path; the folders of a path are in `FOLDERS`. */
type SessionFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Writes what a session reads at start into `directory` (which must exist and be empty):
 * `config/` is read by its programs, `run/` holds their socket, `home/` is the user's.
 */
export async function writeSessionFiles(
  directory: string,
  own: SessionFiles,
  account: SessionAccount,
): Promise<void> {
  for (const folder of FOLDERS) {
    await mkdir(join(directory, folder), { mode: 0o700 });
    await give(join(directory, folder), account);
  }
  const files: SessionFiles = {
    passwd: `user:x:${SANDBOX_UID}:${SANDBOX_UID}:User:${SANDBOX_HOME}:/bin/bash\n`,
    group: `user:x:${SANDBOX_UID}:\n`,
    ...own,
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, "config", name);
    await writeFile(path, content, { mode: 0o600 });
    await give(path, account);
  }
}

/** A desktop's own files. */
export function desktopFiles(password: string): SessionFiles {
  return {
    "vnc-password": vncPasswordFile(password),
    xauthority: xauthority(randomBytes(16)),
    terminal: TERMINAL,
    xresources: XRESOURCES,
    bashrc: BASHRC,
    "openbox/rc.xml": OPENBOX,
    "openbox/menu.xml": OPENBOX_MENU,
    "themes/Sortie/openbox-3/themerc": OPENBOX_THEME,
  };
}

const FOLDERS = [
  "config",
  "config/openbox",
  "config/themes",
  "config/themes/Sortie",
  "config/themes/Sortie/openbox-3",
  "run",
  "home",
];

/** The user and home that programs in the sandbox see. */
export const SANDBOX_UID = 1000;
export const SANDBOX_HOME = "/home/user";

async function give(path: string, { uid }: SessionAccount): Promise<void> {
  if (uid !== undefined) await chown(path, uid, uid);
}

/** One record of libXau's format that holds for any host and display. */
function xauthority(cookie: Uint8Array): Uint8Array {
  const FAMILY_WILD = 0xffff;
  const counted = (bytes: Uint8Array) => Buffer.concat([bigEndian16(bytes.length), bytes]);
  return Buffer.concat([
    bigEndian16(FAMILY_WILD),
    counted(Buffer.alloc(0)),
    counted(Buffer.alloc(0)),
    counted(Buffer.from("MIT-MAGIC-COOKIE-1")),
    counted(cookie),
  ]);
}

function bigEndian16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
