/** Finds out whether the bytes a viewer sends are somebody at work, or only its software talking. */
export interface RfbInputMeter {
  /** Takes the next bytes of the viewer's stream; tells whether a key, pointer or clipboard event was among them. */
  feed(bytes: Uint8Array): boolean;
}

/** ProtocolVersion, the choice of VncAuth, its response and ClientInit (RFC 6143, 7.1 to 7.3.1). */
const HANDSHAKE_BYTES = 12 + 1 + 16 + 1;
/** Enough of any message to know its length. */
const LONGEST_HEAD_BYTES = 9;

/** Message types from viewer to server (RFC 6143, 7.5, and the RFB community's registry). */
const SET_PIXEL_FORMAT = 0;
const SET_ENCODINGS = 2;
const UPDATE_REQUEST = 3;
const KEY_EVENT = 4;
const POINTER_EVENT = 5;
const CUT_TEXT = 6;
const CONTINUOUS_UPDATES = 150;
const FENCE = 248;
const XVP = 250;
const SET_DESKTOP_SIZE = 251;
const QEMU = 255;

const FIXED_LENGTHS: ReadonlyMap<number, number> = new Map([
  [SET_PIXEL_FORMAT, 20],
  [UPDATE_REQUEST, 10],
  [KEY_EVENT, 8],
  [CONTINUOUS_UPDATES, 10],
  [XVP, 4],
  // Its extended key event, the only one viewers send unasked.
  [QEMU, 12],
]);

/**
 * Follows the stream message by message, remembering at most the head of one. A message it does not
 * know leaves it unable to find the next; from there on every byte counts as input, so that a
 * person at work is never taken to be away.
 */
export function createRfbInputMeter(): RfbInputMeter {
  let toSkip = HANDSHAKE_BYTES;
  let head: Uint8Array = new Uint8Array(0);
  let lost = false;

  /** Reads one message's head at `position`; the number of bytes it took, or null when there are too few. */
  function readMessage(bytes: Uint8Array): { length: number; isInput: boolean } | null {
    const [type] = bytes;
    if (type === undefined) return null;
    const length = messageLength(type, bytes);
    if (length === "unknown") {
      lost = true;
      return null;
    }
    return length === "too_few" ? null : { length, isInput: isInput(type, bytes) };
  }

  return {
    feed(chunk) {
      let sawInput = false;
      let rest = chunk;
      while (rest.length > 0 && !lost) {
        const skipped = Math.min(toSkip, rest.length);
        toSkip -= skipped;
        rest = rest.subarray(skipped);
        if (rest.length === 0) break;
        const known = concat(head, rest.subarray(0, LONGEST_HEAD_BYTES));
        const message = readMessage(known);
        if (message === null) {
          head = known.slice();
          break;
        }
        sawInput ||= message.isInput;
        toSkip = message.length - head.length;
        head = new Uint8Array(0);
      }
      return sawInput || (lost && chunk.length > 0);
    },
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  return first.length === 0 ? second : Buffer.concat([first, second]);
}

function isInput(type: number, head: Uint8Array): boolean {
  if (type === KEY_EVENT || type === POINTER_EVENT || type === QEMU) return true;
  // The extended clipboard's messages, whose length is negative, are mostly answers of the software.
  return type === CUT_TEXT && ((head[4] ?? 0) & 0x80) === 0;
}

/** The whole length of the message that `head` begins, as far as `head` tells it. */
function messageLength(type: number, head: Uint8Array): number | "too_few" | "unknown" {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const has = (count: number) => head.length >= count;
  switch (type) {
    case SET_ENCODINGS:
      return has(4) ? 4 + 4 * view.getUint16(2) : "too_few";
    case POINTER_EVENT:
      // The marker bit of the extended mouse buttons adds a byte.
      return has(2) ? ((head[1] ?? 0) & 0x80 ? 7 : 6) : "too_few";
    case CUT_TEXT:
      // Negative in the extended clipboard's form.
      return has(8) ? 8 + Math.abs(view.getInt32(4)) : "too_few";
    case FENCE:
      return has(9) ? 9 + view.getUint8(8) : "too_few";
    case SET_DESKTOP_SIZE:
      return has(8) ? 8 + 16 * view.getUint8(6) : "too_few";
    default:
      return FIXED_LENGTHS.get(type) ?? "unknown";
  }
}
